"""Pages: Jinja environments, one for each language, and what templates say of times and codes.

Templates of several desks lie in `templates/`, those of one desk in its own folder.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from app.console import labels
from app.kit.messages import ENGLISH, Language, Message, in_language
from app.kit.web.language import BY_LANGUAGE
from app.kit.workdays import BEIJING

HERE = Path(__file__).parent
STATIC = HERE / "static"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


def quoted(text: str) -> str:
    return quote(text, safe="/")


def words(message: Message | str, language: Language) -> str:
    return in_language(message, language)


@cache
def static(name: str) -> str:
    """The address of one of our files; another content has another address."""
    mark = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/console/static/{name}?v={mark}"


def instant(value: str | datetime | None) -> datetime | None:
    """An instant of the API, in Beijing's time."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.astimezone(BEIJING) if at else None


def clock_time(value: str | datetime | None, now: datetime) -> str:
    """`14:05` today, `11-28 14:05` this year, else `2025-11-28 14:05`."""
    at, today = instant(value), now.astimezone(BEIJING)
    if at is None:
        return ""
    if at.date() == today.date():
        return f"{at:%H:%M}"
    return f"{at:%m-%d %H:%M}" if at.year == today.year else f"{at:%Y-%m-%d %H:%M}"


def local_minute(value: str | datetime | None) -> str:
    """As the field of a form has it: `2026-11-29T14:05`."""
    at = instant(value)
    return f"{at:%Y-%m-%dT%H:%M}" if at else ""


def spoken(value: str, now: datetime) -> Message:
    """An instant as it is read to a caller."""
    at = datetime.fromisoformat(value).astimezone(BEIJING)
    time = f"{at:%H:%M}"
    if at.date() == now.astimezone(BEIJING).date():
        return Message("{time} today", time=time)
    return Message("{time} on {month}/{day}", time=time, month=at.month, day=at.day)


def span(length: timedelta) -> Message:
    """A length of time in its two largest units at the most."""
    days, hours, minutes = length // DAY, length % DAY // HOUR, length % HOUR // MINUTE
    if days:
        return Message("{days} d {hours} h", days=days, hours=hours)
    if hours:
        return Message("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return Message("{minutes} min", minutes=minutes)


def remaining(until: str | datetime | None, now: datetime) -> Message | str:
    """How long it is to an instant, or since: 还剩 3 小时 20 分, 已超 2 天 1 小时."""
    at = instant(until)
    if at is None:
        return ""
    if at >= now:
        return Message("{span} left", span=span(at - now))
    return Message("{span} late", span=span(now - at))


def ago(since: str | datetime | None, now: datetime) -> Message | str:
    at = instant(since)
    return Message("{span} ago", span=span(max(now - at, timedelta()))) if at else ""


def next_page(asked: Mapping[str, str], cursor: str) -> str:
    """The query of the page after this one."""
    return urlencode({**asked, "cursor": cursor})


@cache
def environment(language: Language) -> Environment:
    """Templates in a language: `_` tells a message, and `label` a code of the API."""
    made = Environment(
        loader=FileSystemLoader([HERE / "templates", HERE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def tell(message: Message | str, **parts: Any) -> str:
        return in_language(
            Message(message, **parts) if isinstance(message, str) else message, language
        )

    timely: dict[str, Callable[..., Any]] = {"remaining": remaining, "ago": ago, "spoken": spoken}
    for name, filter_of in timely.items():
        made.filters[name] = lambda value, now, filter_of=filter_of: tell(filter_of(value, now))
    made.filters["time"] = clock_time
    made.globals |= {
        "_": tell,
        "late": lambda until, now: (instant(until) or now) < now,
        "label": lambda kind, code: labels.of(kind, code, language),
        "next_page": next_page,
        "static": static,
        "language": language,
        "colon": ": " if language == ENGLISH else "：",
    }
    return made


def answer(template: str, language: Language, status: int = 200, **shown: Any) -> HTMLResponse:
    page = environment(language).get_template(template).render(**shown)
    return HTMLResponse(page, status, BY_LANGUAGE)
