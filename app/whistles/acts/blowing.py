"""Blowing: a whistle is written, blown, composed, confirmed, joined, begun or taken back (H1)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.gate import WrongRole
from app.access.roles import Caller, Role
from app.city import City
from app.kit.errors import Conflict, Invalid
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry, OfficeKind
from app.policy.documents import Policy
from app.tickets.acts.forms import Nothing, Reason
from app.tickets.acts.supervision import LONGEST
from app.tickets.life import links
from app.tickets.views import scope as ticket_scope
from app.whistles.acts import linked
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import Composition, NewSummons, NewWhistle
from app.whistles.event_data import Blown, BlownAtOnce, Composed, Moved, Sent, Written
from app.whistles.life import clocks
from app.whistles.life.clocks import Call
from app.whistles.life.guards import NotYourWhistle
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.life.parts import may_blow
from app.whistles.models import (
    NUMBERS,
    ActionItem,
    Summons,
    Whistle,
    WhistleTicket,
)

NOT_SUMMONED = frozenset({OfficeKind.CITY_CENTRE, OfficeKind.DISTRICT_CENTRE})
"""Centres are told of every whistle; they have no people to send."""


class NotAStreet(WrongRole):
    title = "A street or township blows the whistle"


class BadSummons(Invalid):
    title = "That office cannot be summoned by this whistle"


class KindNotInUse(Invalid):
    title = "The policy has no whistles of this kind"


class MeetingTooSoon(Invalid):
    title = "The appointed time is too soon"


class MeetingTooFar(Invalid):
    title = "An appointed time lies within a year"


class MeetingOver(Conflict):
    title = "The appointed time is too soon by now"


class NoSuchLinkedTicket(Invalid):
    title = "There is no such ticket for this whistle"


def street_of(city: City, caller: Caller) -> OfficeEntry:
    """The street that the caller acts for. Refuses NotAStreet."""
    office = city.offices.get(caller.office_code or "")
    if office is None or office.kind not in STREET_KINDS or office.district_code is None:
        raise NotAStreet("this key is of no street or township", role=caller.role)
    return office


def write(
    session: Session, city: City, caller: Caller, body: NewWhistle, now: datetime
) -> WhistleChange:
    """A new whistle, blown at once or kept as a draft (H1). Refuses NotAStreet, KindNotInUse,
    NotYourWhistle, NoSuchOffice, BadSummons, MeetingTooSoon and NoSuchLinkedTicket."""
    street, policy = street_of(city, caller), city.policies.at(now)
    level = body.level or clocks.default_level(body.kind, body.in_progress)
    check(city, policy, body, now)
    if not body.draft:
        check_blower(policy, level, body, caller)
    whistle = row(street, policy, level, body, now)
    whistle.number = new_number(session, now)
    session.add(whistle)
    session.flush()
    change = WhistleChange(session, city, whistle, [], now)
    change.introduce([street.code])
    link_tickets(session, caller, whistle, body.ticket_numbers)
    summon(change, body.summonses)
    change.give_part(caller)
    begin(change, body)
    linked.tell(change)
    return change


def row(
    street: OfficeEntry, policy: Policy, level: WhistleLevel, body: NewWhistle, now: datetime
) -> Whistle:
    assert street.district_code is not None  # a street lies in a district
    meeting = body.meeting_point or body.place
    by_district = policy.whistle.conductor == "district"
    return Whistle(
        status=WhistleStatus.DRAFT,
        since=now,
        version=0,
        chain_head=links.BEFORE_ALL,
        kind=body.kind,
        level=level,
        origin=body.origin,
        in_progress=body.in_progress,
        street_code=street.code,
        district_code=street.district_code,
        conductor=street.district_code if by_district else street.code,
        tier=Tier.STREET,
        matter=body.matter,
        why=body.why,
        place=body.place.text,
        lon=body.place.lon,
        lat=body.place.lat,
        meeting_point=meeting.text,
        meeting_lon=meeting.lon,
        meeting_lat=meeting.lat,
        meet_at=body.meet_at,
        policy=policy.name,
        created_at=now,
        updated_at=now,
        returns=0,
        unconfirmed=False,
    )


def new_number(session: Session, now: datetime) -> str:
    """`SH` + the day in Beijing + 7 digits that are never reset."""
    return f"SH{day_of(now):%Y%m%d}{session.scalar(NUMBERS.next_value()):07}"


def check(city: City, policy: Policy, body: NewWhistle, now: datetime) -> None:
    if body.kind not in policy.whistle.kinds:
        fault = {"pointer": "/kind", "detail": f"not in whistle.kinds of {policy.name}"}
        raise KindNotInUse(fault["detail"], errors=[fault])
    earliest = clocks.earliest_meeting(policy.whistle, now)
    if body.meet_at is not None and body.meet_at < earliest:
        detail = f"not before {earliest.isoformat()}"
        raise MeetingTooSoon(detail, errors=[{"pointer": "/meet_at", "detail": detail}])
    if body.meet_at is not None and body.meet_at > now + LONGEST:
        detail = f"not after {(now + LONGEST).isoformat()}"
        raise MeetingTooFar(detail, errors=[{"pointer": "/meet_at", "detail": detail}])


def check_blower(policy: Policy, level: WhistleLevel, body: NewWhistle, caller: Caller) -> None:
    if not may_blow(policy.whistle, level, body.origin, caller.role is Role.CHIEF):
        blowers = sorted(getattr(policy.whistle.blowers, level.upper()))
        raise NotYourWhistle(f"{level} is blown by: {', '.join(blowers)}; others draft it")


def link_tickets(
    session: Session, caller: Caller, whistle: Whistle, numbers: Sequence[str]
) -> None:
    """With a member of a group its parent, too, whose reply is the group's. Refuses
    (NoSuchLinkedTicket) a ticket that is not the street's to know of."""
    wanted: set[str] = set()
    for place, number in enumerate(numbers):
        ticket = ticket_scope.known(session, caller, number)
        if ticket is None:
            fault = {"pointer": f"/ticket_numbers/{place}", "detail": f"no ticket {number}"}
            raise NoSuchLinkedTicket(fault["detail"], errors=[fault])
        wanted |= {number, ticket.merged_into or number}
    rows = [
        WhistleTicket(ticket_number=number, whistle_number=whistle.number)
        for number in sorted(wanted)
    ]
    session.add_all(rows)


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
        made.append(
            Summons(
                whistle_number=change.whistle.number,
                office_code=office.code,
                kind=kind_of(office),
                required=each.required,
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


def check_office(
    change: WhistleChange, office: OfficeEntry, reach: set[str | None], pointer: str
) -> None:
    """Refuses (BadSummons) the street itself, a centre, an office summoned already, and a
    department of a district whose streets do not take part."""
    reason = None
    if office.code == change.whistle.street_code:
        reason = "a street does not summon itself"
    elif office.kind in NOT_SUMMONED:
        reason = f"{office.name} is told of the whistle, not summoned"
    elif any(office.code == each.office_code for each in change.summonses):
        reason = f"{office.name} is summoned already"
    elif office.district_code is not None and office.district_code not in reach:
        reason = f"{office.name} is of another district: summon its street, too"
    if reason:
        raise BadSummons(reason, errors=[{"pointer": pointer, "detail": reason}])


def begin(change: WhistleChange, body: NewWhistle) -> None:
    """The first event: drafted, or blown at once."""
    words = {"matter": body.matter, "why": body.why}
    if body.draft:
        written = written_of(change, body)
        drafted = Written(**written, summonses=sent(change, change.summonses))
        change.record(WhistleAction.DRAFT, drafted, words)
        return
    limits = send_all(change)
    data = BlownAtOnce(**written_of(change, body), **limits)
    change.record(WhistleAction.BLOW, data, words)


def written_of(change: WhistleChange, body: NewWhistle) -> dict[str, Any]:
    """What the first event says beside the summonses."""
    whistle = change.whistle
    return {
        "kind": whistle.kind,
        "level": whistle.level,
        "origin": whistle.origin,
        "in_progress": whistle.in_progress,
        "policy": whistle.policy,
        "conductor": whistle.conductor,
        "meet_at": whistle.meet_at,
        "tickets": list(linked.numbers(change.session, whistle.number)),
    }


def blow(change: WhistleChange, body: Nothing) -> None:
    """H1: a draft is blown. Refuses (MeetingOver) an appointed time that has come too near."""
    rules, meet_at = change.policy.whistle, change.whistle.meet_at
    earliest = clocks.earliest_meeting(rules, change.now)
    if meet_at is not None and meet_at < earliest:
        raise MeetingOver(f"it was to be at {meet_at.isoformat()}", meet_at=meet_at.isoformat())
    change.record(WhistleAction.BLOW, Blown(**send_all(change)))


def send_all(change: WhistleChange) -> dict[str, Any]:
    """Every summons is sent, and the clocks run; what the event says of it."""
    whistle, caller = change.whistle, change.caller
    assert caller is not None  # nothing is blown by itself
    whistle.blown_at, whistle.blower = change.now, caller.id
    if caller.role is Role.CHIEF:
        whistle.confirmed_at = change.now
    else:
        whistle.confirm_due_at = clocks.confirm_due(change.policy, change.now)
    whistle.finish_due_at = whistle.campaign_until or clocks.finish_due(
        change.policy, call_of(whistle), change.now
    )
    whistle.escalate_at = whistle.finish_due_at
    send(change, change.summonses)
    change.let_know([whistle.street_code, whistle.conductor])
    return {
        "finish_due_at": whistle.finish_due_at,
        "confirm_due_at": whistle.confirm_due_at,
        "summonses": sent(change, change.summonses),
    }


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
        )
        for summons in summonses
    }


def compose(change: WhistleChange, body: Composition) -> None:
    """组合哨: more offices are summoned; of a draft they are told when it is blown."""
    made = summon(change, body.summonses)
    if change.whistle.status is not WhistleStatus.DRAFT:
        send(change, made)
    change.beside |= {summons.office_code for summons in made}
    change.record(WhistleAction.COMPOSE, Composed(summonses=sent(change, made)))


def confirm(change: WhistleChange, body: Nothing) -> None:
    """D.14.3: the chief stands for it; after the limit the flag stays."""
    change.whistle.confirmed_at, change.whistle.confirm_due_at = change.now, None
    change.record(WhistleAction.CONFIRM)


def cancel(change: WhistleChange, body: Reason) -> None:
    """Before anybody has come."""
    change.record(WhistleAction.CANCEL, words={"reason": body.reason})


def start(change: WhistleChange, body: Nothing) -> None:
    """The street begins; who is absent does not stop the others."""
    change.whistle.started_at = change.now
    for summons in change.summonses:
        if summons.status is SummonsStatus.ARRIVED:
            change.move(summons, WhistleAction.START)
    change.record(WhistleAction.START)


def join(change: WhistleChange, body: Nothing) -> None:
    """D.14.6: the other street takes part; its chief is co-chief from now on."""
    caller = change.caller
    assert caller is not None  # no street joins by itself
    [summons] = [each for each in change.summonses if each.office_code == caller.office_code]
    change.move(summons, WhistleAction.JOIN)
    summons.accepted_at, summons.escalate_at = change.now, None
    change.record(
        WhistleAction.JOIN, Moved(office_code=summons.office_code, summons=summons.status)
    )
    change.give_part(caller)
