"""`Accept-Language` (RFC 9110, 12.5.4): a person reads Chinese, unless he asks for English."""

from functools import lru_cache

from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.messages import CHINESE, ENGLISH, Language, language
from app.kit.web.negotiation import Range, read

BY_LANGUAGE = {"Vary": "Accept-Language"}


class Languages:
    """Sets the reader's language for all that is told to him during a request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            language.set(asked_for(scope))
        await self.app(scope, receive, send)


def asked_for(scope: Scope) -> Language:
    lines = [value for name, value in scope["headers"] if name == b"accept-language"]
    return liked_best(b",".join(lines)) if lines else CHINESE


@lru_cache(maxsize=1_000)
def liked_best(header: bytes) -> Language:
    ranges = list(read(header.decode("latin-1")))
    return ENGLISH if liking(ranges, ENGLISH) > liking(ranges, CHINESE) else CHINESE


def liking(ranges: list[Range], tongue: Language) -> tuple[float, int]:
    """Of a language in any country; of equal ones the one that is named first. `*` is any other."""
    own = [each for each in ranges if each.kind.partition("-")[0] == tongue and each.quality]
    if own:
        best = max(own, key=lambda each: (each.quality, -each.place))
        return best.quality, -best.place
    return 0.0, 0
