"""Too many false whistles of a street: a signal to the district's leader (RULEBOOK D.14.7)."""

from fractions import Fraction

from app.policy.whistles import FalseWhistle


def too_many_false(false: int, whistles: int, rules: FalseWhistle) -> bool:
    """`max` false whistles in a period, or more than `rate` of all."""
    return false >= rules.max or (whistles > 0 and Fraction(false, whistles) > rules.rate)
