"""What else the rules might have been: changes to a policy for a what-if, never for a ranking."""

from dataclasses import dataclass, replace
from fractions import Fraction

from app.callbacks.answers import ExclusionCode
from app.period import Period
from app.policy import Policy
from app.policy_keys import Weights, WeightsByLeague


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried; None leaves a value as the policy has it.

    `lifted` are grounds on which nothing is excluded; `left_out` are tickets to exclude besides.
    """

    weights: Weights | None = None
    partly: Fraction | None = None
    basic: Fraction | None = None
    min_reached: int | None = None
    lifted: frozenset[ExclusionCode] = frozenset()
    left_out: frozenset[str] = frozenset()

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


OFFICIAL = Trial()
