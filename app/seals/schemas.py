"""Seals, proofs and adjustments as they cross the wire."""

from typing import Any, Literal

from app.kit.web.wire import At, View
from app.rankings.leagues import League

Why = Literal["late", "changed", "missing"]


class SealView(View):
    """`content_hash` is of the streets' ranking; `seal_hash` of all the rest, chained."""

    period: str
    sealed_at: At
    published_at: At
    sealed_by: str
    policy: str
    policy_sha256: str
    content_hash: str
    rankings: dict[str, str]
    counts: dict[str, int]
    facts_digest: str
    former: str | None
    former_hash: str | None
    seal_hash: str


class NamedTicket(View):
    number: str
    why: Why


class DifferenceView(View):
    """`field` is a row's (`resolution.numerator`), or `facts`, or what of the seal is broken."""

    league: League | None
    office_code: str | None
    field: str
    sealed: Any
    now: Any
    tickets: list[NamedTicket]


class VerifyView(View):
    same: bool
    content_hash: str
    recomputed_hash: str
    differences: list[DifferenceView]


class AdjustmentView(View):
    """What was recorded after a seal: shown beside the period it was recorded in."""

    period: str
    number: str
    office_code: str
    why: Literal["assessed", "excluded", "corrected"]
    recorded_at: At


class AdjustedView(DifferenceView):
    period: str


class AdjustmentsView(View):
    items: list[AdjustmentView]
    differences: list[AdjustedView]
