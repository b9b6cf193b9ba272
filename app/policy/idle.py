"""The policy's keys that this version does not carry out yet: a city that sets one is told so."""

from app.policy.documents import Policy

NOT_YET = frozenset(
    {
        "malicious.expires",
        "signals.every",
        "signals.every_urgent",
        "signals.cluster",
        "signals.spike",
        "signals.rebound",
        "signals.repeat_caller",
        "signals.loop",
        "signals.season",
        "signals.storm",
        "signals.topic",
        "signals.govern",
        "signals.withdraw_abuse",
    }
)
"""Dotted as in the document; a group stands for all of its keys."""


def notice(policy: Policy) -> str:
    """A line that names the keys and groups of a document that nothing reads."""
    return f"policy {policy.name}: not in use yet: {', '.join(sorted(NOT_YET))}"
