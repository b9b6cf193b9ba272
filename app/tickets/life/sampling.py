"""The sample of tickets that are called back (RULEBOOK D.9, `callback.sample`)."""

from fractions import Fraction
from hashlib import sha256

from app.policy.documents import Policy

BITS = 64


def in_sample(policy: Policy, number: str) -> bool:
    """Chance by a hash of the number, seeded by the policy's name: the same on every machine."""
    drawn = sha256(f"{policy.name}:{number}".encode()).digest()[: BITS // 8]
    return Fraction(int.from_bytes(drawn), 2**BITS) < policy.callback.sample
