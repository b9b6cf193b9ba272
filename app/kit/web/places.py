"""Places at what lasts: few at once for each key, and a bounded number in all."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.kit.errors import TooMany
from app.kit.messages import Message


@dataclass(slots=True)
class Places:
    """Those of a process, by key; `refusal` says of what there are too many."""

    of_one_key: int
    most: int
    refusal: type[TooMany]
    taken: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def place(self, key: str) -> Iterator[None]:
        """A place until the block is left. Refuses `refusal`."""
        if self.taken[key] >= self.of_one_key or self.taken.total() >= self.most:
            raise self.refusal(
                Message("{taken} of this key are", taken=self.taken[key]), most=self.of_one_key
            )
        self.taken[key] += 1
        try:
            yield
        finally:
            self.taken[key] -= 1
            if not self.taken[key]:
                del self.taken[key]
