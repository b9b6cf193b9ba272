"""Texts of a fixed shape: the pattern is the machine's, the words are for a person."""

SHAPES: dict[str, str] = {}
"""The template of each pattern's words."""


def shape(pattern: str, words: str) -> str:
    """The pattern, known by the words that a refusal tells in its place. `words` is a template of
    the catalogues which goes on after the field's name: `is no district's code of six digits`."""
    if SHAPES.setdefault(pattern, words) != words:
        raise RuntimeError(f"two wordings of {pattern}")
    return pattern
