"""How a ticket stands, read from its row for the rules."""

from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace

from app.policy.documents import Policy
from app.tickets.life import objections
from app.tickets.life.guards import Standing
from app.tickets.life.lifecycle import Status
from app.tickets.life.timers import Clockwork
from app.tickets.models import Ticket


def clockwork_of(ticket: Ticket) -> Clockwork:
    return Clockwork(
        number=ticket.number,
        status=ticket.status,
        urgency=ticket.urgency,
        since=ticket.since,
        due_at=ticket.due_at,
        doubted=ticket.doubted,
        group=bool(ticket.members),
        called=ticket.called,
        callback_due_at=ticket.callback_due_at,
        forced=ticket.forced,
        replied=ticket.replied_at is not None,
        dispatched_at=ticket.dispatched_at,
        asks_extension=ticket.asks_extension,
        asks_hold=ticket.asks_hold,
        extended_from=ticket.extended_from,
        review_at=ticket.review_at,
        answer_due_at=ticket.answer_due_at,
        warned=ticket.warned,
        office_code=ticket.office_code,
        queue=ticket.queue,
        district_code=ticket.district_code,
        objection_district=ticket.objection_district,
        dispatches=ticket.dispatches,
        reworks=ticket.reworks,
        acknowledged=ticket.acknowledged_at is not None,
    )


def standing_of(
    ticket: Ticket | SimpleNamespace,
    policy: Policy,
    office_code: str | None,
    now: datetime,
    head: Status | None = None,
) -> Standing:
    """How a ticket stands now, for someone of an office (or of none); `head` is its parent's. Its
    columns are read by name, of a Ticket or of a row that was read to be shown."""
    window_over = objections.window_over(policy, ticket.urgency, ticket.dispatched_at, now)
    silent_at = objections.silent_at(policy, ticket.urgency, ticket.since)
    return Standing(
        status=ticket.status,
        type=ticket.type,
        urgency=ticket.urgency,
        contacted=ticket.contacted_at is not None,
        doubted=ticket.doubted,
        called=not ticket.doubted and ticket.callback_due_at is None,
        group=ticket.members > 0,
        head=head,
        secret=ticket.secret,
        forced=ticket.forced,
        assessed=ticket.assessed_at is not None,
        past_due=ticket.due_at is not None and now > ticket.due_at,
        objection_over=window_over,
        objection_locked=ticket.objection_locked,
        objected=ticket.objectors.count(office_code or "") >= policy.objection.per_office,
        objection_inside=ticket.objection_district is not None,
        objection_mine=ticket.objection_district == office_code,
        objection_silent=now > silent_at,
        extendable=ticket.urgency in policy.extension.levels,
        extended=ticket.extensions >= policy.extension.max,
        asks_extension=ticket.asks_extension,
        asks_hold=ticket.asks_hold,
    )


def turns(ticket: Ticket | SimpleNamespace, policy: Policy) -> Iterator[datetime]:
    """After which instants a ticket stands otherwise by time alone, or is overdue."""
    if ticket.due_at is not None:
        yield ticket.due_at
    if ticket.dispatched_at is not None:
        yield objections.window_ends(policy, ticket.urgency, ticket.dispatched_at)
    yield objections.silent_at(policy, ticket.urgency, ticket.since)
