"""Bulletins on the wire."""

from datetime import date
from enum import StrEnum

from app.kit.web.wire import At, Form, View
from app.period import State
from app.policy.keys import Class
from app.rankings.schemas import Exact, Percent, RateView
from app.tickets.views.schemas import OfficeBrief
from app.whistles.life.loop import WhistleKind, WhistleLevel, WhistleStatus


class Printed(StrEnum):
    JSON = "json"
    CSV = "csv"
    HTML = "html"


class BulletinQuery(Form):
    format: Printed | None = None
    """It outranks `Accept`; without both, JSON."""


class PlaceView(View):
    """A street in a bulletin, with its figures; rates as percentages."""

    office_code: str
    office_name: str
    district_code: str | None
    rank: int | None
    previous_rank: int | None
    gained: int | None
    response: Percent | None
    resolution: Percent | None
    satisfaction: Percent | None
    composite: Percent | None
    volume: int
    excluded: int
    excluded_share: Percent | None
    on_hold: int
    overdue: int


class ClassView(View):
    name: Class
    streets: list[PlaceView]


class BulletinView(View):
    """The month for its meeting (RULEBOOK D.13.7): the classes, and the figures to be discussed."""

    period: str
    sealed: bool
    policy: str
    content_hash: str
    ranked: int
    not_ranked: int
    classes: list[ClassView]
    excluded: list[PlaceView]
    excluded_too_often: list[str]
    """Streets whose share of exclusions is beyond `exclude.rate_alert`."""
    on_hold: list[PlaceView]
    overdue: list[PlaceView]
    rose: list[PlaceView]
    fell: list[PlaceView]
    ranking: list[PlaceView]
    """Every street, in the ranking's order."""


class BeforeView(View):
    """The figures of an earlier month."""

    rank: int | None
    assessed: int
    composite: Percent | None
    volume: int


class ComparedView(PlaceView):
    """A row beside last month and the same month last year; null where it had none."""

    assessed: int
    last_month: BeforeView | None
    last_year: BeforeView | None


class CountedView(View):
    """A number of requests, last month's, and that of the same month last year."""

    requests: int
    last_month: int
    last_year: int


class MatterView(CountedView):
    """A category of the first level, with the rates of its assessed tickets."""

    category: str
    name: str | None
    assessed: int
    response: Percent | None
    resolution: Percent | None
    satisfaction: Percent | None
    composite: Percent | None


class BlowingView(View):
    office_code: str
    office_name: str
    blown: int


class WhistlesView(View):
    """Whistles 吹哨 of a span: `blown`, by the ten streets that blew most; what happened to
    whistles in it, and to summonses (`absent`, `left_early`)."""

    blown: int
    settled: int
    ruled_false: int
    absent: int
    left_early: int
    raised: int
    streets: list[BlowingView]


class OpenWhistleView(View):
    """`status` at the end of the span; `raised` up the ladder by then."""

    number: str
    street: OfficeBrief
    kind: WhistleKind
    level: WhistleLevel
    status: WhistleStatus
    blown_at: At
    raised: bool


class OpenWhistlesView(View):
    """How many whistles were open when the span ended, or are now; the fifty open longest."""

    number: int
    longest: list[OpenWhistleView]


class Pack(View):
    """What else lies before the month's meeting. Departments and enterprises stand there if they
    had a case or a request in one of the months."""

    districts: list[ComparedView]
    streets: list[ComparedView]
    """Those with a case or a request in one of the months, in the ranking's order."""
    departments: list[ComparedView]
    """The city's."""
    district_departments: list[ComparedView]
    enterprises: list[ComparedView]
    matters: list[MatterView]
    """Kinds of matter, the most frequent first."""
    praise: CountedView
    whistles: WhistlesView


class PackView(BulletinView, Pack):
    """The month with its pack, whose members come first."""


class TopView(View):
    """A street by its requests of the day, with its rates from the period's start to then."""

    place: int
    office_code: str
    office_name: str
    district_code: str | None
    requests: int
    response: RateView
    resolution: RateView
    satisfaction: RateView
    composite: Percent | None


class LaneView(TopView):
    """A community, village, estate or lane (`name`) in a street; its rates are of the tickets that
    the street handled there."""

    name: str


class DayView(View):
    date: date
    period: str
    sealed: bool
    policy: str
    content_hash: str
    """Of the streets' ranking from the period's start to the end of the day."""
    requests: int
    top: list[TopView]
    lanes: list[LaneView]


class MonthView(View):
    """A period of a longer span: the city's pooled rates, and the sums of its ranking's numbers."""

    period: str
    state: State
    policy: str
    content_hash: str
    ranked: int
    assessed: int
    response: RateView
    resolution: RateView
    satisfaction: RateView
    composite: Percent | None
    composite_exact: Exact | None
    volume: int
    excluded: int
    on_hold: int
    overdue: int


class CourseView(View):
    """A street through a span; the lists have an entry for each of its periods."""

    office_code: str
    office_name: str
    district_code: str | None
    ranks: list[int | None]
    composites: list[Percent | None]
    on_hold: list[int]
    volume: int
    excluded: int
    overdue: int
    classes: dict[Class, int]
    """The number of times in each class."""


class SpanView(View):
    """A quarter or a year, as far as its periods have begun."""

    span: str
    sealed: bool
    """Whether every period of the span is sealed."""
    periods: list[MonthView]
    classes: dict[Class, list[CourseView]]
    """The streets that were in a class, most often first."""
    holds: list[CourseView]
    """The streets with tickets on hold in the last period, the most first."""
    streets: list[CourseView]


class TallyView(View):
    """An office (null where nobody led the ticket) and its numbers of cases."""

    office_code: str | None
    office_name: str | None
    district_code: str | None
    total: int
    counts: dict[str, int]


class QuarterView(SpanView):
    """季调度: a span with its escalations, supervisions and reviewed holds, by lead office, the
    greatest first."""

    escalations: list[TallyView]
    """By warning: a level to be informed (`overdue-district`), or a step overdue (`objection`)."""
    supervisions: list[TallyView]
    """督办, by whether it was `answered`, `answered_late` or `unanswered`."""
    hold_reviews: list[TallyView]
    """Reviewed 挂账, by whether it was `done`, `undone` or `renewed`."""
    whistles: WhistlesView
    open_whistles: OpenWhistlesView


class TotalView(View):
    """All periods of a year together, composed by the weights of the last."""

    assessed: int
    response: RateView
    resolution: RateView
    satisfaction: RateView
    composite: Percent | None
    composite_exact: Exact | None
    volume: int
    excluded: int
    overdue: int


class YearView(SpanView):
    """年总结: the year as a whole, and the city's departments through it."""

    total: TotalView
    departments: list[CourseView]
    whistles: WhistlesView
