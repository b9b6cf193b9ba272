"""Query and decision of routing: plain values, kept with the ticket as they are.

Values that every address needs are msgspec Structs: they are made five times as fast.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from msgspec import Struct, json

from app.kit.messages import worded
from app.routing.reasons import Reason

SCALE = 10_000


def rounded(share: float) -> float:
    """To four decimals; `round` itself takes four times as long."""
    return int(share * SCALE + 0.5) / SCALE


@worded
class DecisionKind(StrEnum):
    DISPATCH = "dispatch"
    PERSON = "person"
    NEED_INFO = "need_info"


@dataclass(frozen=True, slots=True)
class Query:
    """A request to be routed. `title` and `content` serve the catalogue's keywords only."""

    text: str
    district_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    category: str | None = None
    title: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The policy's route numbers: `border_m` in metres. `name` is the policy document's."""

    name: str
    accept: float
    margin: float
    border_m: float = 30.0
    confirm: int = 3
    """So many cases of a place overrule the community of that name."""

    def enough(self, district_known: bool) -> float:
        """The confidence needed for a dispatch. Without a district a third of the doubt is allowed:
        more of the surest addresses are wrong there."""
        return self.accept if district_known else (2 + self.accept) / 3


class Span(Struct, frozen=True, gc=False):
    """A find in the caller's own text, at `text[start:end]`."""

    start: int
    end: int
    text: str
    kind: str
    office_code: str
    score: float


class Candidate(Struct, frozen=True, gc=False):
    """`district_name` tells streets of one name apart."""

    office_code: str
    office_name: str
    confidence: float
    district_name: str = ""


class Understood(Struct, frozen=True, gc=False):
    """What was understood, in the caller's own characters: the place, the names in it that are
    known, and what of it is not. Empty where nothing was."""

    place: str = ""
    names: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Decision(Struct, frozen=True, gc=False):
    """RULEBOOK D.5's RouteDecision. `street_code` is the place's, also where a department leads.

    `queue` is the district that must look further (D.5 R4); `gazetteer`, `ranker`, `names`,
    `policy` and `memory` are the versions that the decision was made with, so that it can be made
    again. `place` is the key of the place: equal for all ways of writing it. Where none `is_named`,
    it is the whole text, such as a street's name alone.
    """

    decision: DecisionKind
    office_code: str | None
    office_name: str | None
    confidence: float
    method: str
    reason: str
    evidence: tuple[Span, ...]
    candidates: tuple[Candidate, ...]
    district_code: str | None
    community_code: str | None
    street_code: str | None
    gazetteer: str
    ranker: str
    policy: str
    memory: str
    names: str = ""
    """The version of the names beside the gazetteer's."""
    joint_office_codes: tuple[str, ...] = ()
    informed_office_codes: tuple[str, ...] = ()
    catalogue_rule: str | None = None
    queue: str | None = None
    place: str = ""
    is_named: bool = False
    explained: Reason | None = None
    """The reason as code and parts; `reason` is its text."""
    understood: Understood = Understood()
    ask: Reason | None = None
    """What the caller may be asked, where nothing is dispatched."""


MEMBERS = tuple(name for name in Decision.__struct_fields__ if name not in {"place", "is_named"})
"""What a ticket keeps and an answer shows; the key of the place has a column of its own."""


def written(decision: Decision) -> bytes:
    """The route as JSON, with the members of schemas.RouteView; ten times as fast as by it."""
    return json.encode({name: getattr(decision, name) for name in MEMBERS})


def kept(decision: Decision) -> dict[str, Any]:
    """The route of a ticket as JSON."""
    values: dict[str, Any] = json.decode(written(decision))
    return values
