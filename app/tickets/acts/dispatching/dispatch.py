"""Dispatches: a ticket goes to offices, by its route or by a person, and its clock starts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import UNSET
from sqlalchemy import select, update

from app.city import district_of
from app.feed.service import News, append
from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.offices.catalogue import Urgency
from app.offices.directory import STREET_KINDS, OfficeKind
from app.routing.decision import Decision, DecisionKind, Query, kept
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching.recipients import Share, rows, share, share_of
from app.tickets.event_data import EndReason, Given, Routed
from app.tickets.life import alarms, limits
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action, DispatchRole, IllegalMove, Status, TicketType
from app.tickets.models import Dispatch, Request, Ticket

ENQUIRIES = frozenset({TicketType.CONSULT, TicketType.PRAISE})
"""They stay with the operator for an answer on the spot (T2), until their time runs out."""

OUTCOMES = {
    DecisionKind.DISPATCH: Status.DISPATCHED,
    DecisionKind.PERSON: Status.TO_DISPATCH,
    DecisionKind.NEED_INFO: Status.NEED_INFO,
}


class UnfitOffice(Invalid):
    title = "This office cannot take the ticket"


def give(
    change: Change, given: Share, at: datetime, why: EndReason = EndReason.REDISPATCHED
) -> None:
    """End the active dispatches and begin new ones with a full clock from `at` (T7, T7b). Who owes
    an answer to an advice keeps the ticket."""
    ticket = change.ticket
    given = share(change.city, given.lead, given.joint, [*given.informed, *ticket.advised])
    former = end(change, why)
    if former and former != given.lead:
        ticket.interim_office = ticket.interim_office or former
    if ticket.interim_office == given.lead:
        ticket.interim_office = None
    if (former or ticket.interim_office or given.lead) != given.lead:
        forget_whistles(change)
    policy = change.city.policies.at(at)
    due = limits.due(policy, ticket.urgency, at)
    ticket.policy, ticket.office_code = policy.name, given.lead
    ticket.district_code = ticket.district_code or district_of(change.city, given.lead)
    leave_queue(change, given, why)
    ticket.dispatches += 1
    ticket.dispatched_at = at
    ticket.acknowledged_at = None
    forget_contact(change)
    still = alarms.of_alarms(ticket.warned)
    ticket.warned = alarms.lasting(still, alarms.OF_ITS_DISPATCH)
    ticket.extended_from = None
    for name, limit in limits.columns(due).items():
        setattr(ticket, name, limit)
    change.dispatches = [
        Dispatch(**row) for row in rows(ticket.number, ticket.dispatches, given, due, at)
    ]
    change.session.add_all(change.dispatches)


def leave_queue(change: Change, given: Share, why: EndReason) -> None:
    """Take the ticket from a district's queue; a district without a share in it gets news."""
    ticket, left = change.ticket, change.ticket.queue
    if left and left not in given.roles():
        data = {"status": ticket.status, "role": "queue"}
        append(change.session, [News(left, change.now, why, ticket.number, data=data)])
    ticket.queue = None


def share_anew(change: Change, joint: Iterable[str], why: EndReason) -> None:
    """Give the same lead other joint offices; its clock goes on."""
    ticket, lead = change.ticket, change.lead
    assert lead is not None  # there is one to share with
    informed = [ticket.district_code, *ticket.advised]
    given = share(change.city, lead.office_code, joint, informed)
    roles = given.roles()
    release(change, [d for d in change.dispatches if d.office_code not in roles], why)
    for dispatch in change.dispatches:
        dispatch.role, dispatch.waits_until = roles.pop(dispatch.office_code), None
    due = limits.due(change.policy, ticket.urgency, change.now)
    more = rows(ticket.number, lead.seq, given, due, change.now)
    added = [Dispatch(**row) for row in more if row["office_code"] in roles]
    change.session.add_all(added)
    change.dispatches = [*change.dispatches, *added]


def inform(change: Change, office_code: str) -> None:
    """Let an office know of the ticket, unless it has it already; a 会商 may have taken it away."""
    lead = change.lead
    assert lead is not None  # a street's, that asks
    if office_code in {dispatch.office_code for dispatch in change.dispatches}:
        return
    key = {"ticket_number": lead.ticket_number, "seq": lead.seq, "office_code": office_code}
    former = change.session.get(Dispatch, key)
    informed = former or Dispatch(**key, dispatched_at=change.now)
    informed.role, informed.ended_at, informed.end_reason = DispatchRole.INFORMED, None, None
    change.session.add(informed)
    change.dispatches = [*change.dispatches, informed]


def end(change: Change, why: EndReason) -> str | None:
    """End the active dispatches, if any; the code of the former lead."""
    former = change.lead
    release(change, change.dispatches, why)
    return former.office_code if former else None


def release(change: Change, dispatches: Sequence[Dispatch], why: EndReason) -> None:
    """End some dispatches and send news to their offices."""
    if not dispatches:
        return
    ticket, now = change.ticket, change.now
    for dispatch in dispatches:
        dispatch.ended_at, dispatch.end_reason, dispatch.waits_until = now, why, None
    append(
        change.session,
        [
            News(
                d.office_code,
                now,
                why,
                ticket.number,
                data={"status": ticket.status, "role": d.role},
            )
            for d in dispatches
        ],
    )
    change.session.flush()
    change.dispatches = [d for d in change.dispatches if d not in dispatches]


def last_lead(change: Change) -> str | None:
    """The lead office of the ticket's last dispatch, if it had one."""
    given = select(Dispatch.office_code).where(
        Dispatch.ticket_number == change.ticket.number, Dispatch.role == DispatchRole.LEAD
    )
    return change.session.scalar(given.order_by(Dispatch.seq.desc()).limit(1))


def take_back(change: Change, why: EndReason) -> None:
    """Back to the dispatchers: no lead, no clock; the former lead keeps the duty of contact
    (D.5-10)."""
    ticket, former = change.ticket, end(change, why)
    ticket.interim_office = ticket.interim_office or former
    ticket.office_code = ticket.queue = None
    ticket.dispatched_at = ticket.acknowledged_at = None
    forget_contact(change)
    for name, limit in limits.columns(None).items():
        setattr(ticket, name, limit)


def forget_contact(change: Change) -> None:
    """A new lead contacts the citizen, and everyone of his group, anew."""
    ticket = change.ticket
    ticket.contacted_at, ticket.contact_attempts, ticket.next_attempt_from = None, 0, None
    if ticket.members:
        members = update(Ticket).where(Ticket.merged_into == ticket.number)
        anew = {"contacted_at": None, "contact_attempts": 0, "next_attempt_from": None}
        change.session.execute(members.values(anew))


def forget_whistles(change: Change) -> None:
    """A former lead's keep no reply of another, nor do those of the group's members."""
    ticket = change.ticket
    ticket.whistles = []
    if ticket.members:
        members = update(Ticket).where(Ticket.merged_into == ticket.number)
        change.session.execute(members.values(whistles=[]))


def check_inside(change: Change, *office_codes: str | None) -> None:
    """A district moves tickets within itself; across its border the city does."""
    own = change.caller.office_code if change.caller else None
    for code in filter(None, office_codes):
        if district_of(change.city, code) != own:
            raise NotYourPart(
                Message("{code} is no office of this district; the city dispatches it", code=code)
            )


def given(change: Change) -> Given:
    """The event data of a dispatch."""
    return Given(**shares(change))


def shares(change: Change) -> dict[str, Any]:
    """The members of `Given`, for events with more members."""
    ticket = change.ticket
    return {
        "offices": roles(change),
        "due_at": ticket.due_at,
        **place(ticket),
    }


def roles(change: Change) -> dict[str, DispatchRole]:
    return {dispatch.office_code: dispatch.role for dispatch in change.dispatches}


def place(ticket: Ticket) -> dict[str, str | None]:
    """The members of `Placed`."""
    return {
        "district_code": ticket.district_code,
        "street_code": ticket.street_code,
        "community_code": ticket.community_code,
    }


def check_offices(
    change: Change, lead_code: str, joint_codes: Sequence[str] = (), pointer: str = "/office_code"
) -> None:
    """Refuses (UnfitOffice) a forwarder, and a street for a department's duty by the catalogue
    (RULEBOOK D.5 R1, D.21-12)."""
    pointers = [pointer, *(f"/joint_office_codes/{n}" for n in range(len(joint_codes)))]
    for where, code in zip(pointers, (lead_code, *joint_codes), strict=True):
        office = change.city.office(code, where, change.now)
        if where != pointer and (code == lead_code or joint_codes.count(code) > 1):
            raise unfit(where, Message("{name} is named twice", name=office.name))
        if office.kind is OfficeKind.DISTRICT_CENTRE:
            raise unfit(
                where, Message("{name} forwards tickets and handles none", name=office.name)
            )
        if office.kind in STREET_KINDS:
            check_duty(change, where)


def by_person(
    change: Change,
    lead_code: str,
    joint_codes: Sequence[str] = (),
    why: EndReason = EndReason.REDISPATCHED,
) -> None:
    """A person names the lead; a street as the lead becomes the ticket's place, too, and where no
    street is known, the district of its lead."""
    ticket, lead = change.ticket, change.city.offices[lead_code]
    if lead_code == ticket.office_code:
        raise IllegalMove(Message("{name} has it already", name=lead.name))
    if lead.kind in STREET_KINDS and lead_code != ticket.street_code:
        ticket.street_code, ticket.district_code = lead_code, lead.district_code
        ticket.community_code = None
    elif ticket.street_code is None:
        ticket.district_code = lead.district_code or ticket.district_code
    given = share(change.city, lead_code, joint_codes, [ticket.district_code])
    give(change, given, change.now, why)


def check_duty(change: Change, pointer: str) -> None:
    ticket, request = change.ticket, change.session.get_one(Request, change.ticket.number)
    text, area = f"{request.title}\n{request.content}", ticket.street_code or ticket.district_code
    duty = change.city.catalogue.find(ticket.category, text, area, day_of(change.now))
    if duty.department_duty:
        detail = Message(
            "by the catalogue this is a department's duty, in which a street has no part"
        )
        raise unfit(pointer, detail, catalogue_rule=duty.rule_id, category=ticket.category)


def unfit(pointer: str, detail: Message, **facts: object) -> UnfitOffice:
    return UnfitOffice(detail, errors=[{"pointer": pointer, "detail": detail}], **facts)


def query(ticket: Ticket, request: Request) -> Query:
    return Query(
        text=request.address,
        district_code=request.said_district,
        lon=ticket.lon,
        lat=ticket.lat,
        category=ticket.category,
        title=request.title,
        content=request.content,
    )


def located(decision: Decision) -> dict[str, Any]:
    """The place of a route, as columns of the ticket."""
    return {
        "district_code": decision.district_code,
        "street_code": decision.street_code,
        "community_code": decision.community_code,
    }


def locate(change: Change, request: Request, at: datetime) -> Decision:
    """Route the ticket by its request, and by the names and rules of `at`; keep its place."""
    return placed(change, request, routed_to(change, request, at))


def placed(change: Change, request: Request, decision: Decision) -> Decision:
    """Keep a route and its place."""
    for name, value in located(decision).items():
        setattr(change.ticket, name, value)
    request.place_key, request.route = decision.place, kept(decision)
    return decision


def routed_to(change: Change, request: Request, at: datetime) -> Decision:
    return change.city.route(query(change.ticket, request), at)


def route(change: Change, decision: Decision, due_at: datetime | None = None) -> None:
    """T6, T7 or T5, by the route's decision; `due_at` if an enquiry's time has run out."""
    if decision.decision is DecisionKind.DISPATCH:
        give(change, share_of(change.city, decision), due_at or change.now)
    change.ticket.queue = decision.queue
    to = outcome(decision.decision, change.ticket.urgency, waited=due_at is not None)
    data = routed(decision, place(change.ticket), roles(change))
    change.record(Action.ROUTE, to, data=data, due_at=due_at)


def outcome(decision: DecisionKind, urgency: Urgency, waited: bool = False) -> Status:
    """The status after a route. What has no place and may not wait, an L1 or what has waited for
    an operator already, goes to the dispatcher at once (D.5 R5)."""
    to = OUTCOMES[decision]
    at_once = waited or urgency is Urgency.L1
    return Status.TO_DISPATCH if to is Status.NEED_INFO and at_once else to


def routed(
    decision: Decision, place: dict[str, str | None], offices: dict[str, DispatchRole]
) -> Routed:
    """The event data of a route, with the ticket's place and its offices, if it has any."""
    return Routed(
        decision=decision.decision,
        office_code=decision.office_code,
        confidence=decision.confidence,
        method=decision.method,
        gazetteer=decision.gazetteer,
        offices=offices or UNSET,
        **place,
    )


def rework(change: Change, at: datetime) -> None:
    """T20: the office works and replies again, with the level's limit from `at`; the score of the
    first callback stays."""
    ticket = change.ticket
    ticket.reworks += 1
    ticket.forced, ticket.replied_at = False, None
    ticket.warned, ticket.extended_from = alarms.of_alarms(ticket.warned), None
    ticket.due_at = limits.due(change.policy, ticket.urgency, at).result


def begin_if_contacted(change: Change, due_at: datetime | None = None) -> None:
    """T14 at once, if the citizen of an L1 was contacted before the signature; `due_at` if silence
    rejected the objection."""
    if change.ticket.contacted_at is not None:
        change.record(Action.CONTACT, Status.IN_PROGRESS, due_at=due_at)
