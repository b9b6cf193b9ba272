"""Blowing: a whistle is written, blown, composed, confirmed, joined, begun or taken back (H1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.access.gate import WrongRole
from app.access.roles import Caller, Role
from app.city import City
from app.kit.errors import Conflict, Invalid
from app.kit.messages import Message
from app.kit.rows import insert_many
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.policy.documents import Policy
from app.tickets.acts.forms import Nothing, Reason
from app.tickets.acts.supervision import LONGEST
from app.tickets.life import links
from app.tickets.views import scope as ticket_scope
from app.whistles.acts import linked, summoning
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import Composition, NewWhistle
from app.whistles.event_data import Blown, BlownAtOnce, Composed, Moved, Written
from app.whistles.life import clocks
from app.whistles.life.loop import (
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleLevel,
    WhistleStatus,
)
from app.whistles.life.parts import may_blow
from app.whistles.life.refusals import NotYourWhistle
from app.whistles.models import (
    NUMBERS,
    Whistle,
    WhistleTicket,
)


class NotAStreet(WrongRole):
    title = "A street or township blows the whistle"


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
        raise NotAStreet(Message("this key is of no street or township"), role=caller.role)
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
    summoning.summon(change, body.summonses)
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
        detail = Message("not in whistle.kinds of {policy}", policy=policy.name)
        raise KindNotInUse(detail, errors=[{"pointer": "/kind", "detail": detail}])
    earliest = clocks.earliest_meeting(policy.whistle, now)
    if body.meet_at is not None and body.meet_at < earliest:
        detail = Message("not before {earliest}", earliest=earliest)
        raise MeetingTooSoon(detail, errors=[{"pointer": "/meet_at", "detail": detail}])
    if body.meet_at is not None and body.meet_at > now + LONGEST:
        detail = Message("not after {latest}", latest=now + LONGEST)
        raise MeetingTooFar(detail, errors=[{"pointer": "/meet_at", "detail": detail}])


def check_blower(policy: Policy, level: WhistleLevel, body: NewWhistle, caller: Caller) -> None:
    if not may_blow(policy.whistle, level, body.origin, caller.role is Role.CHIEF):
        blowers = sorted(getattr(policy.whistle.blowers, level.upper()))
        raise NotYourWhistle(
            Message("{level} is blown by: {blowers}; others draft it", level=level, blowers=blowers)
        )


def link_tickets(
    session: Session, caller: Caller, whistle: Whistle, numbers: Sequence[str]
) -> None:
    """With a member of a group its parent, too, whose reply is the group's. Refuses
    (NoSuchLinkedTicket) a ticket that is not the street's to know of."""
    wanted: set[str] = set()
    for place, number in enumerate(numbers):
        ticket = ticket_scope.known(session, caller, number)
        if ticket is None:
            detail = Message("no ticket {number}", number=number)
            raise NoSuchLinkedTicket(
                detail, errors=[{"pointer": f"/ticket_numbers/{place}", "detail": detail}]
            )
        wanted |= {number, ticket.merged_into or number}
    rows = [
        {"ticket_number": number, "whistle_number": whistle.number} for number in sorted(wanted)
    ]
    insert_many(session, WhistleTicket, rows)


def begin(change: WhistleChange, body: NewWhistle) -> None:
    """The first event: drafted, or blown at once."""
    words = {"matter": body.matter, "why": body.why}
    if body.draft:
        written = written_of(change, body)
        drafted = Written(**written, summonses=summoning.sent(change, change.summonses))
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
        raise MeetingOver(
            Message("it was to be at {meet_at}", meet_at=meet_at), meet_at=meet_at.isoformat()
        )
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
        change.policy, summoning.call_of(whistle), change.now
    )
    whistle.escalate_at = whistle.finish_due_at
    summoning.send(change, change.summonses)
    change.let_know([whistle.street_code, whistle.conductor])
    return {
        "finish_due_at": whistle.finish_due_at,
        "confirm_due_at": whistle.confirm_due_at,
        "summonses": summoning.sent(change, change.summonses),
    }


def compose(change: WhistleChange, body: Composition) -> None:
    """组合哨: more offices are summoned; of a draft they are told when it is blown."""
    made = summoning.summon(change, body.summonses)
    if change.whistle.status is not WhistleStatus.DRAFT:
        summoning.send(change, made)
    change.beside |= {summons.office_code for summons in made}
    change.record(WhistleAction.COMPOSE, Composed(summonses=summoning.sent(change, made)))


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
