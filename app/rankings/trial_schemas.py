"""What-ifs as they cross the wire: other values in, another ranking or a comparison out."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.callbacks.answers import ExclusionCode
from app.kit.quantities import Share
from app.kit.wire import Form, View
from app.policy.keys import Weights
from app.rankings.leagues import League
from app.rankings.schemas import Exact, Percent, RankingView
from app.rankings.trial import Trial

TicketNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,40}$")]


class NewWhatIf(Form):
    """What is tried instead of the policy's values; what is absent stays official.

    `exclude`: tickets left out beside the excluded ones; `lift`: grounds on which nothing is.
    """

    weights: Weights | None = None
    partly: Share | None = None
    basic: Share | None = None
    min_reached: Annotated[int, Field(ge=0, strict=True)] | None = None
    exclude: Annotated[list[TicketNumber], Field(max_length=10_000)] = []
    lift: list[ExclusionCode] = []

    def trial(self) -> Trial:
        return Trial(
            weights=self.weights,
            partly=self.partly,
            basic=self.basic,
            min_reached=self.min_reached,
            lifted=frozenset(self.lift),
            left_out=frozenset(self.exclude),
        )


@dataclass(slots=True, kw_only=True)
class WhatIfView(RankingView):
    what_if: Literal[True] = True


class MovedView(View):
    """One office's gain or loss: the places and composites, and which rates and counts moved."""

    office_code: str
    office_name: str
    rank: int | None
    rank_then: int | None
    gained: int | None
    composite: Percent | None
    composite_then: Percent | None
    composite_gained: Exact | None
    why: list[str]


class CompareView(View):
    what_if: Literal[True] = True
    period: str
    league: League
    content_hash: str
    content_hash_then: str
    rows: list[MovedView]
