"""Other rules: changes to a policy for a what-if, never for a ranking."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from app.callbacks.answers import ExclusionCode
from app.period import Period
from app.policy.documents import Policy
from app.policy.keys import Weights, WeightsByLeague

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trial:
    """The tried values; None leaves the policy's.

    `lifted` are grounds without exclusions; `left_out` are further excluded tickets.
    """

    weights: Weights | None = None
    partly: Fraction | None = None
    basic: Fraction | None = None
    min_reached: int | None = None
    lifted: frozenset[ExclusionCode] = frozenset()
    left_out: frozenset[str] = frozenset()

    def beside(self, policy: Policy, league: str) -> "Trial":
        """Without values equal to the league's policy, however either is written."""
        score = policy.score
        return replace(
            self,
            weights=other(self.weights, score.weights_for(league)),
            partly=other(self.partly, score.partly),
            basic=other(self.basic, score.basic),
            min_reached=other(self.min_reached, policy.rank.min_reached),
        )

    def on(self, period: Period) -> Period:
        """The period as if its policy had been so."""
        return period if self == OFFICIAL else replace(period, policy=self.changed(period.policy))

    def changed(self, policy: Policy) -> Policy:
        given = {"partly": self.partly, "basic": self.basic}
        score: dict[str, object] = {name: v for name, v in given.items() if v is not None}
        if self.weights:
            score |= {"weights": self.weights, "weights_by_league": WeightsByLeague()}
        rank = {} if self.min_reached is None else {"min_reached": self.min_reached}
        return policy.model_copy(
            update={
                "score": policy.score.model_copy(update=score),
                "rank": policy.rank.model_copy(update=rank),
            }
        )


def other(tried: T | None, official: T) -> T | None:
    return None if tried == official else tried


OFFICIAL = Trial()
