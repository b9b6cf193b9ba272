"""What marks a text for the catalogues."""

from collections.abc import Mapping

Texts = Mapping[str, str]
"""A table of templates by code: `TEXTS: Texts = {…}` marks them for the catalogues."""


def template(words: str) -> str:
    """The words themselves: marks a template which stands in a table, for the catalogues."""
    return words
