"""Results of calls and verifications: the attempt, the facts that count, and the ticket or group
that they settle (RULEBOOK D.9)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from msgspec import UNSET, UnsetType
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.callbacks import conduct
from app.callbacks.answers import Answers, Reach
from app.callbacks.conduct import Attempts, Verdict
from app.callbacks.models import Assessment, Callback
from app.city import district_of
from app.kit.ready import Ready
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch
from app.tickets.acts.response import responded
from app.tickets.citizens import has_telephone
from app.tickets.event_data import CalledBack, MemberCalled, Registered, Seen
from app.tickets.life import limits
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.sources import SOURCES
from app.tickets.models import Dispatch, Ticket
from app.tickets.standing import overdue
from app.tickets.views.view import NUMBERS


def attempt(change: Change, tried: Attempts, answers: Answers) -> Callback:
    callback = Callback(
        ticket_number=change.ticket.number,
        seq=change.ticket.version + 1,
        cycle=change.head.ticket.reworks,
        attempt=len(tried.at) + 1,
        at=change.now,
        **asdict(answers),
    )
    change.session.add(callback)
    change.ticket.callback_begun = True
    return callback


def finish(
    change: Change,
    callback: Callback,
    action: Action,
    data: CalledBack | Seen,
    words: Mapping[str, str | None],
) -> None:
    """Settle the ticket by a final result, with its event; the last one of a group has an event
    with the parent, too."""
    head = change.head
    after = settle(change, callback) if callback.final else head.ticket.status
    change.record(action, after if head is change else Status.MERGED, data=data, words=words)
    if head is not change and all_called(head):
        head.caller = change.caller
        last = MemberCalled(member_number=change.ticket.number, final=True)
        head.record(action, after, data=last)


def score(change: Change, callback: Callback) -> Registered | UnsetType:
    """The first final result counts; the event keeps the registry's part in it, which no other
    event has."""
    if not callback.final or change.ticket.assessed_at is not None:
        return UNSET
    change.ticket.assessed_at = change.now
    fact = assessment(change, callback)
    change.session.add(fact)
    return Registered(district_code=fact.district_code, industry_office=fact.industry_office)


def settle(change: Change, callback: Callback) -> Status:
    """Settle the ticket by a final result; a group is settled by its last one (D.11)."""
    ticket, head = change.ticket, change.head
    if head is change:
        ticket.called = True
    else:
        ticket.callback_due_at = None
    if not all_called(head):
        return Status.AWAITING_CALLBACK
    after = conduct.together(verdicts(head, callback))
    head.ticket.doubted = after.doubted
    if after.doubted:
        head.ticket.since = change.now  # a supervisor has time from now on
    if after.status is Status.REWORK:
        dispatch.rework(head, change.now)
    return after.status


def all_called(head: Change) -> bool:
    """Whether every citizen of the group was called in this cycle."""
    if not head.ticket.members:
        return head.ticket.called
    head.session.flush()
    left = select(Ticket.number).where(
        Ticket.merged_into == head.ticket.number, Ticket.callback_due_at.is_not(None)
    )
    return head.ticket.called and head.session.scalar(left.limit(1)) is None


def verdicts(head: Change, last: Callback) -> Iterator[Verdict]:
    """The verdict of each citizen's first final callback; later ones are recorded only (T21).

    Those of the group's others are on record.
    """
    ticket = head.ticket
    if ticket.reworks:
        return
    yield wish(head, last)
    if ticket.members:
        group = or_(Ticket.number == ticket.number, Ticket.merged_into == ticket.number)
        final = select(Callback).join(Ticket, Ticket.number == Callback.ticket_number)
        for row in head.session.scalars(final.where(group, Callback.final)):
            yield wish(head, row)


def wish(head: Change, callback: Callback) -> Verdict:
    asks = conduct.asks_rework(head.policy, callback.answers, head.ticket.reworks)
    return conduct.verdict(asks, callback.reasonable)


def assessment(change: Change, callback: Callback) -> Assessment:
    """The facts as of now: the lead office's own dispatch and contacts (RULEBOOK D.13.3).

    In a merged group each citizen's own answers and contacts, on the parent's matter and clock.
    """
    ticket, head, lead, city = change.ticket, change.head.ticket, change.lead, change.city
    assert lead is not None  # a ticket that awaits its callback has one
    verified = callback.reach is Reach.VERIFIED
    category = city.catalogue.category(head.category) if head.category else None
    return Assessment(
        ticket_number=ticket.number,
        office_code=lead.office_code,
        district_code=district_of(city, lead.office_code),
        industry_office=category and category.industry_office,
        category=ticket.category,
        type=ticket.type,
        channel=ticket.channel,
        urgency=head.urgency,
        anonymous=is_anonymous(change, verified),
        merge_group=head.number if head.members else None,
        **asdict(callback.answers),
        contact_ok=responded(change, lead, verified),
        late=overdue(head, change.now) or missed(head, lead),
        assessed_at=change.now,
        recorded_at=change.now,
    )


def is_anonymous(change: Change, verified: bool) -> bool:
    """Of a verified request its source is known, whoever wrote it."""
    ticket = change.ticket
    if not ticket.anonymous or (verified and ticket.channel in SOURCES):
        return False
    return not has_telephone(change.session, ticket.number)


def missed(head: Ticket, lead: Dispatch) -> bool:
    """Whether the dispatch's own due time was missed: a hold moves the ticket's, and a late ticket
    stays late (D.12). A rework has a reply and a time of its own."""
    replied_at, due_at = head.replied_at, lead.due_at
    if head.reworks or replied_at is None or due_at is None:
        return False
    return limits.is_late(due_at, replied_at, replied_at)


def attempts(session: Session, tickets: Sequence[Ticket]) -> dict[str, Attempts]:
    """The attempts for each ticket in the present cycle of it or its group."""
    heads = clocks(session, tickets)
    instants: dict[str, list[datetime]] = defaultdict(list)
    for number, cycle, at in TRIED.rows(session.connection(), numbers=list(heads)):
        if cycle == heads[number].reworks:
            instants[number].append(at)
    return {
        ticket.number: Attempts(begins(ticket, heads[ticket.number]), instants[ticket.number])
        for ticket in tickets
    }


TRIED = Ready(
    select(Callback.ticket_number, Callback.cycle, Callback.at)
    .where(Callback.ticket_number == sa.any_(NUMBERS))
    .order_by(Callback.attempt)
)


def begins(ticket: Ticket, head: Ticket) -> datetime:
    """From when on a citizen may be called: with his group's, and not before he said."""
    return max(head.since, ticket.call_after or head.since)


def clocks(session: Session, tickets: Sequence[Ticket]) -> dict[str, Ticket]:
    """For each ticket's number the ticket that has its clock: itself, or its group's parent."""
    groups = {ticket.merged_into for ticket in tickets if ticket.merged_into}
    query = select(Ticket).where(Ticket.number.in_(groups))
    parents = {parent.number: parent for parent in session.scalars(query)} if groups else {}
    return {
        ticket.number: parents[ticket.merged_into] if ticket.merged_into else ticket
        for ticket in tickets
    }
