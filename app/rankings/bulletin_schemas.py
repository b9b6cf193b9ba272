"""Bulletins as they cross the wire."""

from datetime import date

from app.kit.wire import Form, View
from app.policy_keys import Class
from app.rankings.schemas import Format, Percent, RateView


class BulletinQuery(Form):
    format: Format = Format.JSON


class PlaceView(View):
    """A street in a bulletin, with the figures it is there for."""

    office_code: str
    office_name: str
    district_code: str | None
    rank: int | None
    previous_rank: int | None
    gained: int | None
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
    """The month for its meeting (RULEBOOK D.13.7): the classes, and what must be spoken of."""

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


class DayView(View):
    date: date
    period: str
    policy: str
    content_hash: str
    """Of the streets' ranking from the period's start to the end of the day."""
    requests: int
    top: list[TopView]
