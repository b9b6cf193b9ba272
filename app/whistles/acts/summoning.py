"""Summoning: which offices a whistle calls, and the limits that then run (RULEBOOK D.14.2)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import UNSET
from sqlalchemy import func, select

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.offices.directory import STREET_KINDS, OfficeEntry, OfficeKind
from app.policy.documents import Policy
from app.whistles.acts import centre
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import NewSummons
from app.whistles.evaluation.score import MARKED_KINDS
from app.whistles.event_data import Sent
from app.whistles.life import clocks
from app.whistles.life.clocks import Call
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleLevel,
)
from app.whistles.models import (
    ActionItem,
    Summons,
    Whistle,
)

NOT_SUMMONED = frozenset({OfficeKind.CITY_CENTRE, OfficeKind.DISTRICT_CENTRE})
"""Centres are told of every whistle; they have no people to send."""


class BadSummons(Invalid):
    title = "That office cannot be summoned by this whistle"


def summon(change: WhistleChange, wanted: Sequence[NewSummons]) -> list[Summons]:
    """Add summonses that nobody is told of yet. Refuses NoSuchOffice and BadSummons."""
    offices = [
        change.city.office(each.office_code, f"/summonses/{place}/office_code", change.now)
        for place, each in enumerate(wanted)
    ]
    reach = reach_of(change, offices)
    made = []
    for place, (each, office) in enumerate(zip(wanted, offices, strict=True)):
        check_office(change, office, reach, f"/summonses/{place}/office_code")
        if each.through_centre:
            check_centre(change, office, f"/summonses/{place}/through_centre")
        made.append(
            Summons(
                whistle_number=change.whistle.number,
                office_code=office.code,
                kind=kind_of(office),
                required=each.required,
                through_centre=each.through_centre,
                is_marked=office.kind in MARKED_KINDS,
                evaluated_by=evaluator_of(change, office, offices),
                status=SummonsStatus.DRAFT,
                early_leave=False,
                away=False,
                missed=0,
            )
        )
    change.session.add_all(made)
    change.session.flush()
    for each in wanted:
        change.session.add_all(items(change.whistle.number, each))
    change.summonses = sorted([*change.summonses, *made], key=lambda row: row.office_code)
    return made


def items(number: str, wanted: NewSummons) -> Iterable[ActionItem]:
    for seq, action in enumerate(wanted.actions, 1):
        yield ActionItem(
            whistle_number=number, office_code=wanted.office_code, seq=seq, action=action
        )


def kind_of(office: OfficeEntry) -> SummonsKind:
    return SummonsKind.PEER if office.kind in STREET_KINDS else SummonsKind.DEPARTMENT


def reach_of(change: WhistleChange, offices: Iterable[OfficeEntry]) -> set[str | None]:
    """The districts whose departments this whistle may summon: those of its streets (D.14.6)."""
    peers = {entry.district_code for entry in offices if entry.kind in STREET_KINDS}
    joined = (change.city.offices[code].district_code for code in change.peers())
    return {change.whistle.district_code, *peers, *joined}


def evaluator_of(
    change: WhistleChange, office: OfficeEntry, called: Iterable[OfficeEntry]
) -> str | None:
    """The other street of the district of a department of another one than the whistle's: a street
    evaluates departments of its own district (D.15)."""
    if office.kind in STREET_KINDS or office.district_code in (None, change.whistle.district_code):
        return None
    peers = {entry.code for entry in called if entry.kind in STREET_KINDS} | change.peers()
    districts = {code: change.city.offices[code].district_code for code in peers}
    return min((code for code in peers if districts[code] == office.district_code), default=None)


def check_office(
    change: WhistleChange, office: OfficeEntry, reach: set[str | None], pointer: str
) -> None:
    """Refuses (BadSummons) the street itself, a centre, an office summoned already, and a
    department of a district whose streets do not take part."""
    reason = None
    if office.code == change.whistle.street_code:
        reason = Message("a street does not summon itself")
    elif office.kind in NOT_SUMMONED:
        reason = Message("{office} is told of the whistle, not summoned", office=office.name)
    elif any(office.code == each.office_code for each in change.summonses):
        reason = Message("{office} is summoned already", office=office.name)
    elif office.district_code is not None and office.district_code not in reach:
        reason = Message(
            "{office} is of another district: summon its street, too", office=office.name
        )
    if reason:
        raise BadSummons(reason, errors=[{"pointer": pointer, "detail": reason}])


def check_centre(change: WhistleChange, office: OfficeEntry, pointer: str) -> None:
    """Refuses (BadSummons) an office that has nobody in the street's centre."""
    if not centre.of_office(change, office.code):
        reason = Message("{office} has nobody in the street's centre", office=office.name)
        raise BadSummons(reason, errors=[{"pointer": pointer, "detail": reason}])


def call_of(whistle: Whistle) -> Call:
    return Call(whistle.kind, whistle.level, whistle.in_progress, whistle.meet_at)


def send(change: WhistleChange, summonses: Iterable[Summons]) -> None:
    """The offices and their districts know of it, and their limits run."""
    whistle, rules = change.whistle, change.policy
    for summons in summonses:
        change.move(summons, WhistleAction.BLOW)
        set_limits(summons, whistle, rules, change.now)
    change.let_know(summons.office_code for summons in change.summonses)


def set_limits(summons: Summons, whistle: Whistle, rules: Policy, now: datetime) -> None:
    """D.14.2; the other street must accept within the limit of W2, and needs not come (D.14.6)."""
    summons.sent_at = now
    if summons.kind is SummonsKind.PEER:
        summons.accept_due_at = clocks.accept_due(rules, WhistleLevel.W2, now)
        summons.escalate_at = clocks.peer_due(rules, now)
        return
    summons.accept_due_at = clocks.accept_due(rules, whistle.level, now)
    summons.arrive_due_at = clocks.arrive_due(rules, call_of(whistle), now)
    if whistle.level is not WhistleLevel.W1:
        summons.object_until = clocks.object_until(rules, whistle.level, now)


def sent(change: WhistleChange, summonses: Iterable[Summons]) -> dict[str, Sent]:
    """By office, as the event says it."""
    theirs = ActionItem.whistle_number == change.whistle.number
    counted = select(ActionItem.office_code, func.count()).where(theirs)
    asked = dict(change.session.execute(counted.group_by(ActionItem.office_code)).all())
    return {
        summons.office_code: Sent(
            kind=summons.kind,
            required=summons.required,
            actions=asked[summons.office_code],
            accept_due_at=summons.accept_due_at,
            arrive_due_at=summons.arrive_due_at,
            evaluated_by=summons.evaluated_by,
            through_centre=summons.through_centre or UNSET,
        )
        for summons in summonses
    }
