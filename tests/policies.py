"""Beijing's policy, and others made from it by changing a line."""

from pathlib import Path

from app.policy.documents import Policy, parse

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()


def text(*changes: tuple[str, str]) -> str:
    """The document with each `old` line's beginning made `new`."""
    document = DOCUMENT
    for old, new in changes:
        assert old in document, old
        document = document.replace(old, new)
    return document


def beijing(*changes: tuple[str, str]) -> Policy:
    return parse("beijing-2019", text(*changes))
