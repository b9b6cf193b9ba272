"""Texts of callers: what shows nothing and what disturbs a screen, a line or a sheet is taken out.

Control characters, directions, joints and blanks that nobody sees make two texts that look alike
different, and one that looks empty full. Line ends of every kind become one; a text of which
nothing shows is no text.
"""

import re
import unicodedata

from app.kit.messages import Message

NEW_LINES = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
JOINERS = "\u200c\u200d"
"""Letters of some scripts and parts of an emoji hang together by them: they stay between others."""

FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufffc"
"""Letters and marks that have no shape."""

FILLER = re.compile(f"[{FILLERS}]")
UNSEEN = re.compile(
    "[\x01-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    f"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff{FILLERS}]"
)
SHOWING = frozenset("LNPS")
"""The first letters of the categories that have a shape of their own."""


def keepable(text: str) -> str:
    """Refuses (ValueError) what PostgreSQL cannot keep and no citizen can say."""
    if "\x00" in text:
        raise ValueError(Message("a NUL character is not text"))
    return text


def clean(text: str) -> str:
    """Lines stay. Refuses (ValueError) a NUL."""
    if text.isprintable() and not FILLER.search(text):
        return text
    keepable(text)
    return NEW_LINES.sub("\n", UNSEEN.sub("", text))


def one_line(text: str) -> str:
    """The same, in one line."""
    return re.sub("[\n\t]", " ", clean(text))


def shows(text: str) -> bool:
    return text[:1].isalnum() or any(
        unicodedata.category(character)[0] in SHOWING for character in text
    )


def shown(text: str) -> str:
    """Refuses (ValueError) a text of which nothing shows."""
    if not shows(text):
        raise ValueError(Message("nothing of this text shows"))
    return text
