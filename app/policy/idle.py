"""The policy's keys that this version does not carry out yet: a city that sets one is told so."""

from collections.abc import Iterator

from app.policy.documents import Policy

NOT_YET = frozenset(
    {
        "class.min_assessed",
        "eval",
        "malicious.expires",
        "privacy.retention",
        "reply.require_whistle_closed",
        "signals",
        "whistle",
    }
)
"""Dotted as in the document; a group stands for all of its keys."""


def notices(policy: Policy) -> Iterator[str]:
    """A line of a document for each key or group that nothing reads."""
    for key in sorted(NOT_YET):
        yield f"policy {policy.name}: {key} is not in use yet"
