"""`Accept-Language` (RFC 9110, 12.5.4): a person reads Chinese, unless he asks for English."""

from fastapi import Request

from app.kit.web.negotiation import Range, read

BY_LANGUAGE = {"Vary": "Accept-Language"}

CHINESE, ENGLISH = "zh", "en"


def in_english(request: Request) -> bool:
    """Whether English is liked better than Chinese."""
    ranges = list(read(",".join(request.headers.getlist("accept-language"))))
    return liking(ranges, ENGLISH) > liking(ranges, CHINESE)


def liking(ranges: list[Range], language: str) -> tuple[float, int]:
    """Of a language in any country; of equal ones the one that is named first. `*` is any other."""
    own = [each for each in ranges if each.kind.partition("-")[0] == language and each.quality]
    if own:
        best = max(own, key=lambda each: (each.quality, -each.place))
        return best.quality, -best.place
    return 0.0, 0
