"""The language of the terminal in which a process was started."""

import os
from collections.abc import Callable

from app.kit.messages import CHINESE, ENGLISH, Language, language

LANGUAGE_IN = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def of_terminal(variable: Callable[[str], str | None]) -> Language:
    """By the first of these variables that says one, as gettext does: Chinese unless English."""
    named = next(filter(None, map(variable, LANGUAGE_IN)), "")
    return ENGLISH if named.lower().startswith(ENGLISH) else CHINESE


def speak() -> None:
    """What this process says, it says in its terminal's language."""
    language.set(of_terminal(os.getenv))
