"""A whistle as a caller sees it: who is only summoned sees place and matter, no citizen."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from app.city import City
from app.policy.documents import Policy
from app.tickets import personal
from app.tickets.views.schemas import OfficeBrief
from app.tickets.views.view import Viewer
from app.whistles import persons, standing
from app.whistles.evaluation import views as record_views
from app.whistles.evaluation.schemas import EvaluationView
from app.whistles.life import permission
from app.whistles.life.loop import WhistleAction
from app.whistles.life.parts import WHO, WhistlePart
from app.whistles.life.standings import WhistleStanding
from app.whistles.models import Summons, Whistle
from app.whistles.views import reading, scope
from app.whistles.views.reading import Beside
from app.whistles.views.schemas import (
    ActionItemView,
    SpotView,
    SummonsView,
    WhistleView,
)

COLUMNS = frozenset(column.key for column in Whistle.__table__.columns)
SHOWN_OTHERWISE = {"matter", "why", "place", "meeting_point", "conductor"}
PLAIN = tuple(name for name in WhistleView.model_fields if name in COLUMNS - SHOWN_OTHERWISE)
SUMMONS = tuple(
    name
    for name in SummonsView.model_fields
    if name in {column.key for column in Summons.__table__.columns} | {"on_time"}
)


def view_of(viewer: Viewer, whistle: Whistle) -> WhistleView:
    return views(viewer, [whistle])[0]


def masked(viewer: Viewer, whistles: Sequence[Whistle]) -> list[WhistleView]:
    """In the order given, their texts as all but the street read them."""
    numbers = [whistle.number for whistle in whistles]
    names = persons.names(viewer.session, viewer.city.cipher, numbers)
    return [
        without_persons(shown, text_for(True, names.get(shown.number, [])))
        for shown in views(viewer, whistles)
    ]


def without_persons(shown: WhistleView, hidden: Callable[[str], str]) -> WhistleView:
    shown.matter, shown.why = hidden(shown.matter), hidden(shown.why)
    for spot in (shown.place, shown.meeting_point):
        spot.text = hidden(spot.text)
    for summons in shown.summonses:
        without_citizens(summons, hidden)
    return shown


def views(viewer: Viewer, whistles: Sequence[Whistle]) -> list[WhistleView]:
    """In the order given."""
    viewer.session.flush()
    beside = reading.beside(viewer, whistles)
    return [shown(viewer, whistle, beside) for whistle in whistles]


def shown(viewer: Viewer, whistle: Whistle, beside: Beside) -> WhistleView:
    city, summonses = viewer.city, beside.summonses.get(whistle.number, [])
    policy = city.policies.named(whistle.policy)
    parts = scope.parts(viewer.caller, whistle, summonses, policy)
    state = standing.standing_of(whistle, summonses, viewer.now, viewer.caller.office_code)
    only_summoned = scope.is_summoned_only(viewer.caller, whistle, summonses)
    evaluations = [
        with_acts(viewer, evaluation, parts, policy)
        for evaluation in beside.evaluations.get(whistle.number, [])
        if not only_summoned or evaluation.office_code == viewer.caller.office_code
    ]
    hidden = not scope.is_of_street(viewer.caller, whistle, summonses)
    text = text_for(hidden, beside.names.get(whistle.number, ()))
    return WhistleView(
        **{name: getattr(whistle, name) for name in PLAIN},
        matter=text(whistle.matter),
        why=text(whistle.why),
        place=SpotView(text=text(whistle.place), lon=whistle.lon, lat=whistle.lat),
        meeting_point=SpotView(
            text=text(whistle.meeting_point), lon=whistle.meeting_lon, lat=whistle.meeting_lat
        ),
        street=brief(city, whistle.street_code),
        conductor=brief(city, whistle.conductor),
        summonses=[
            without_citizens(summons_view(viewer, each, parts, state, beside), text)
            for each in summonses
        ],
        tickets=[] if only_summoned else list(beside.tickets.get(whistle.number, [])),
        evaluations=evaluations,
        allowed=[*permission.allowed(state, parts), *acts_on(evaluations)],
    )


def text_for(hidden: bool, names: Sequence[str]) -> Callable[[str], str]:
    """How a caller reads a text of the street's."""
    return partial(hide, names) if hidden else str


def hide(names: Sequence[str], text: str) -> str:
    return personal.hide(text, *names)


def without_citizens(summons: SummonsView, text: Callable[[str], str]) -> SummonsView:
    for item in summons.actions:
        item.action = text(item.action)
    return summons


def with_acts(
    viewer: Viewer, evaluation: EvaluationView, parts: frozenset[WhistlePart], policy: Policy
) -> EvaluationView:
    """An evaluation with what the caller may do about it."""
    own = scope.office_parts(viewer.caller, parts, evaluation.office_code)
    action = record_views.next_act(evaluation, policy.evaluation, viewer.now)
    if action is WhistleAction.EVALUATE and evaluation.street_code != viewer.caller.office_code:
        action = None
    allowed = [action] if action and WHO[action] & own else []
    return evaluation.model_copy(update={"allowed": allowed})


def acts_on(evaluations: Iterable[EvaluationView]) -> list[WhistleAction]:
    """What the caller may do about any of them."""
    open_to = {action for evaluation in evaluations for action in evaluation.allowed}
    return [action for action in WHO if action in open_to]


def acts_on_records(
    viewer: Viewer, whistle: Whistle, parts: frozenset[WhistlePart]
) -> list[WhistleAction]:
    """The same, of all the evaluations of a whistle."""
    city = viewer.city
    policy = city.policies.named(whistle.policy)
    known = record_views.views(
        viewer.session, city.policies, reading.settled([whistle]), viewer.now
    )
    every = known.get(whistle.number, [])
    return acts_on(with_acts(viewer, evaluation, parts, policy) for evaluation in every)


def summons_view(
    viewer: Viewer,
    summons: Summons,
    parts: frozenset[WhistlePart],
    whistle: WhistleStanding,
    beside: Beside,
) -> SummonsView:
    number, code = summons.whistle_number, summons.office_code
    own = scope.office_parts(viewer.caller, parts, code, summons.through_centre)
    state = standing.summons_standing(summons)
    items = [item for item in beside.items.get(number, []) if item.office_code == code]
    return SummonsView(
        **{name: getattr(summons, name) for name in SUMMONS},
        office_name=brief(viewer.city, code).name,
        absent=summons.absent_at is not None,
        actions=[ActionItemView.model_validate(item) for item in items],
        attendance=[visit for office, visit in beside.visits.get(number, []) if office == code],
        allowed=permission.summons_allowed(whistle, state, own),
    )


def brief(city: City, code: str) -> OfficeBrief:
    """An office that is gone from the directory keeps its code as its name."""
    office = city.offices.get(code)
    name = office.name if office else code
    return OfficeBrief(code=code, name=name, district_code=office.district_code if office else None)
