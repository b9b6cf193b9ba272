"""Evaluations and departments' performance as they cross the wire."""

from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal, Self

import msgspec
from pydantic import model_validator

from app import codes
from app.evaluations.marks import MarkStatus, Word
from app.evaluations.models import UnitKind
from app.evaluations.performance import PerformanceStatus
from app.kit.messages import Message
from app.kit.web.wire import At, Flag, Form, Line, Number, OfficeCode, Points, Prose, View
from app.period import State
from app.rankings.ranks import Grade
from app.rankings.schemas import ENCODER, Exact, Percent, ResultsView
from app.whistles.evaluation.schemas import RecordView


class MarkItems(Form):
    """Each from 0 to the points that `eval.marks` gives it."""

    response: Points
    effect: Points
    cooperation: Points
    lawfulness: Points


class NewVeto(Form):
    """否决: the department stays out of 优秀 in this period."""

    text: Prose


class NewUnitMark(Form):
    """One of `items` and `no_dealings`."""

    items: MarkItems | None = None
    no_dealings: Literal[True] | None = None
    reason: Prose | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if len(self.words) != 1:
            raise ValueError(Message("give one of {possible}", possible=list(self.possible)))
        return self

    @property
    def possible(self) -> dict[str, Word]:
        return {"items": Word.ITEMS, "no_dealings": Word.NO_DEALINGS}

    @property
    def words(self) -> list[Word]:
        return [word for name, word in self.possible.items() if getattr(self, name) is not None]

    @property
    def word(self) -> Word:
        return self.words[0]


class NewMark(NewUnitMark):
    """One of `items`, `confirm` and `no_dealings`; a mark other than the proposed one has its
    `reason`. The newest mark stands, with its veto or without one."""

    confirm: Literal[True] | None = None
    veto: NewVeto | None = None

    @property
    def possible(self) -> dict[str, Word]:
        return {
            "items": Word.ITEMS,
            "confirm": Word.CONFIRM,
            "no_dealings": Word.NO_DEALINGS,
        }

    @model_validator(mode="after")
    def _vetoes_what_it_knows(self) -> Self:
        if self.veto and self.no_dealings:
            raise ValueError(Message("who had no dealings with a department has nothing to veto"))
        return self


class NewAppeal(Form):
    """`street_code`: whose mark is appealed against."""

    street_code: OfficeCode
    text: Prose


class AppealDecision(NewAppeal):
    approve: Flag


class NewOther(Form):
    """The rest of a department's performance, of 100."""

    other: Points


class NewSection(Form):
    name: Line
    closed: Flag = False


class ItemsView(View):
    """Points of a mark."""

    response: Number
    effect: Number
    cooperation: Number
    lawfulness: Number


class WhistleRecordView(RecordView):
    number: str
    settled_at: At


class AppealView(View):
    at: At
    text: str | None
    approved: bool | None
    decision: str | None
    decided_at: At | None


class VetoView(View):
    text: str | None
    stands: bool
    """False once the district approved an appeal."""


class TicketCountsView(View):
    """Tickets that the street led and this office helped with."""

    joint: int
    answered: int
    late: int
    assessed: int
    resolved: int


class SupervisionCountsView(View):
    """督办 of the street."""

    asked: int
    answered: int
    late: int
    missed: int


class SummonsCountsView(View):
    """Summonses by the street's whistles, without those withdrawn by ruling and false whistles."""

    called: int
    late: int
    absent: int
    left_early: int
    refused: int
    """Objections that were ruled against."""
    refusals: int
    """拒不履行, as the district found."""


class MarkView(View):
    """What one street says of one department."""

    status: MarkStatus
    proposed: Number | None
    proposed_exact: Exact | None
    mark: Number | None
    mark_exact: Exact | None
    items: ItemsView | None
    reason: str | None
    veto: VetoView | None
    appeal: AppealView | None
    marked_at: At | None
    whistles: list[WhistleRecordView]


class FormRowView(MarkView):
    office_code: str
    office_name: str
    kind: str
    line: str
    summonses: SummonsCountsView
    tickets: TicketCountsView
    supervisions: SupervisionCountsView


class TermView(View):
    """`state` is `open` until the deadline, then `closed`, and `sealed` at last."""

    name: str
    starts_at: At
    ends_at: At
    deadline_at: At
    appeal_until: At
    decide_until: At
    """Until when a district decides on appeals; afterwards the term can be sealed."""
    state: State


class FormView(View):
    period: str
    street_code: str
    term: TermView
    rows: list[FormRowView]


class UnitView(View):
    code: str
    name: str
    kind: UnitKind
    closed_at: At | None = None


class UnitRowView(UnitView):
    status: MarkStatus
    mark: Number | None
    mark_exact: Exact | None
    rank: int | None
    """Among the communities or the sections of the street."""
    items: ItemsView | None
    reason: str | None


class UnitFormView(View):
    period: str
    street_code: str
    deadline_at: At
    rows: list[UnitRowView]


class StreetMarkView(MarkView):
    period: str
    street_code: str
    street_name: str


@dataclass(slots=True, kw_only=True)
class PerformanceRow:
    office_code: str
    office_name: str
    district_code: str | None
    line: str
    status: PerformanceStatus
    rank: int | None
    streets: int
    evaluation: Percent | None
    evaluation_exact: Exact | None
    other: Percent | None
    other_exact: Exact | None
    performance: Percent | None
    performance_exact: Exact | None
    vetoes: int
    grade: Grade | None


@dataclass(slots=True, kw_only=True)
class PerformanceView:
    """`weight` is the streets' share; rows stand by line, then by place, then by code."""

    period: str
    sealed: bool
    policy: str
    weight: Exact
    content_hash: str = ""
    rows: list[PerformanceRow]

    def canonical(self) -> bytes:
        return ENCODER.encode({name: getattr(self, name) for name in CANONICAL})

    def hashed(self) -> Self:
        return replace(self, content_hash=f"sha256:{sha256(self.canonical()).hexdigest()}")


CANONICAL = ("period", "policy", "weight", "rows")


def read(body: bytes) -> PerformanceView:
    """A sealed body. Refuses (msgspec.DecodeError, ValidationError) any other text."""
    return msgspec.json.decode(body, type=PerformanceView)


@dataclass(slots=True, kw_only=True)
class DepartmentView(PerformanceRow):
    """One department's row, opened to each street's mark of each term, as it stands now; of a
    sealed period the row is the sealed one."""

    period: str
    sealed: bool
    linked: ResultsView
    """双考核: of the tickets that settled whistles of this period called it for; no score."""
    marks: list[StreetMarkView]


class Format(StrEnum):
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class PerformanceQuery(Form):
    period: Line
    line: OfficeCode | None = None
    """One kind of department across the districts, ranked in itself."""
    format: Format = Format.JSON


class StreetQuery(Form):
    street_code: codes.Street = None
    """For the district and the auditor; a street's own form needs none."""


class PerformanceSealView(View):
    period: str
    sealed_at: At
    sealed_by: str
    policy: str
    policy_sha256: str
    content_hash: str
    counts: dict[str, int]
    lines_digest: str
    former: str | None
    former_hash: str | None
    seal_hash: str


class PerformanceDifference(View):
    """`field` is a row's, or `mark`, `whistle`, `seal`, or what is wrong with a book."""

    office_code: str | None
    street_code: str | None = None
    whistle_number: str | None = None
    field: str
    sealed: Any
    now: Any


class PerformanceProof(View):
    same: bool
    content_hash: str
    recomputed_hash: str
    differences: list[PerformanceDifference]
