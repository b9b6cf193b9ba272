"""A table in the reader's language: headings, codes in words, times in Beijing's.

In English it is a script's: headings are the members' names, codes stand as they are, a time has
its offset.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, repeat

from app.kit.messages import CHINESE, Language, Vocabulary
from app.kit.web.sheets.sheet import inert, line
from app.kit.workdays import BEIJING

MARKS: Mapping[Language, str] = {"zh": "\ufeff", "en": ""}
"""Excel knows a file for UTF-8 by it, and a script takes it for a part of the first heading."""

FLAGS = Vocabulary("flag", ("yes", "no"))
INSTANTS: Mapping[Language, Callable[[datetime], str]] = {
    "zh": lambda at: at.replace(tzinfo=None).isoformat(" ", "seconds"),
    "en": lambda at: at.isoformat(),
}
BETWEEN: Mapping[Language, str] = {"zh": "、", "en": " "}


class Table:
    """`kind` names the vocabulary of the columns; `words` are those of the columns with codes."""

    def __init__(
        self, kind: str, names: Iterable[str], words: Mapping[str, Vocabulary] | None = None
    ) -> None:
        self.names = tuple(names)
        self.columns = Vocabulary(kind, dict.fromkeys(self.names))
        self.words = [(words or {}).get(name) for name in self.names]

    def headings(self, reader: Language) -> list[str]:
        return [self.columns.word(name, reader) for name in self.names]

    def cells(self, values: Iterable[object], reader: Language) -> list[object]:
        """Of a row, in the order of the columns."""
        pairs = zip(values, chain(self.words, repeat(None)), strict=False)
        return [value if value is None else cell(value, words, reader) for value, words in pairs]

    def csv(
        self, rows: Iterable[Iterable[object]], reader: Language, more: Sequence[str] = ()
    ) -> Iterator[str]:
        """Lines, the headings first; `more` columns have no words of their own."""
        yield MARKS[reader] + line([*self.headings(reader), *more])
        for row in rows:
            yield line(map(inert, self.cells(row, reader)))


def cell(value: object, words: Vocabulary | None, reader: Language) -> object:
    match value:
        case str():
            return words.word(value, reader) if words else value
        case bool() if reader == CHINESE:
            return FLAGS.word("yes" if value else "no", reader)
        case datetime():
            return INSTANTS[reader](value.astimezone(BEIJING))
        case list() | tuple():
            return BETWEEN[reader].join(str(cell(each, words, reader)) for each in value)
    return value
