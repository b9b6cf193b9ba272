"""The callback desk: who is to be called, and what came of it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks import conduct
from app.callbacks.answers import Reach
from app.callbacks.conduct import Attempts
from app.callbacks.models import Assessment, Callback
from app.callbacks.schemas import CallbackView, NewCallback, QueuedView
from app.kit.errors import Conflict, NotFound
from app.kit.paging import Page, instant
from app.tickets import dispatching, view
from app.tickets.change import Change
from app.tickets.contacts import contact_ok
from app.tickets.lifecycle import Action, Status, allowed
from app.tickets.lists import Order
from app.tickets.models import Ticket
from app.tickets.schemas import Paging
from app.tickets.service import citizen
from app.tickets.view import Viewer

DUE_FIRST = Order((Ticket.callback_due_at, Ticket.number), (instant, str))


class NotCallableNow(Conflict):
    title = "The citizen may not be tried again yet"


def record(change: Change, said: NewCallback) -> Callback:
    """One attempt (RULEBOOK D.9), and what follows when it is final (T19, T20).

    Refuses (NotCallableNow) a further vain attempt outside calling hours or too soon.
    """
    ticket, policy = change.ticket, change.policy
    tried = attempts(change.session, [ticket])[ticket.number]
    if said.reach is Reach.UNREACHED and tried.at:
        check_callable(change, tried)
    made = Callback(
        ticket_number=ticket.number,
        seq=ticket.version + 1,
        cycle=ticket.reworks,
        attempt=len(tried.at) + 1,
        at=change.now,
        final=conduct.is_final(policy, said.answers, tried, change.now),
        **said.model_dump(exclude={"reason", "recording"}),
    )
    change.session.add(made)
    after = settle(change, said) if made.final else Status.AWAITING_CALLBACK
    change.record(
        Action.CALLBACK,
        after,
        data={**said.model_dump(mode="json", exclude={"reason", "recording"}), "final": made.final},
        words={"reason": said.reason, "recording": said.recording},
    )
    return made


def check_callable(change: Change, tried: Attempts) -> None:
    if not conduct.callable_now(change.policy, tried, change.now):
        rule = change.policy.callback
        raise NotCallableNow(
            f"between two vain attempts lie {rule.gap}, and calls are made from"
            f" {rule.window.opens:%H:%M} to {rule.window.closes:%H:%M} in Beijing",
            status_now=change.ticket.status,
            allowed=list(allowed(change.standing, change.parts)),
            last_attempt_at=max(tried.at).isoformat(),
        )


def settle(change: Change, said: NewCallback) -> Status:
    """A final callback: the first one is scored, and may send the ticket to rework."""
    ticket = change.ticket
    if ticket.assessed_at is not None:
        return Status.CLOSED
    ticket.assessed_at = change.now
    change.session.add(assessment(change, said))
    asked = conduct.asks_rework(change.policy, said.answers, ticket.reworks)
    after = conduct.verdict(asked, said.reasonable)
    ticket.doubted = after.doubted
    if after.doubted:
        ticket.since = change.now  # a supervisor has time from now on
    if after.status is Status.REWORK:
        dispatching.rework(change, change.now)
    return after.status


def assessment(change: Change, said: NewCallback) -> Assessment:
    """The facts as of now: the lead office's own dispatch and contacts (RULEBOOK D.13.3)."""
    ticket, lead, desk = change.ticket, change.lead, change.desk
    assert lead is not None  # a ticket that awaits its callback has one
    assert lead.contact_due_at is not None
    category = desk.catalogue.category(ticket.category) if ticket.category else None
    return Assessment(
        ticket_number=ticket.number,
        office_code=lead.office_code,
        district_code=dispatching.lead_district(desk, lead.office_code),
        industry_office=category and category.industry_office,
        category=ticket.category,
        type=ticket.type,
        channel=ticket.channel,
        urgency=ticket.urgency,
        anonymous=ticket.anonymous and citizen(change.session, ticket.number).phone is None,
        reach=said.reach,
        contacted=said.contacted,
        resolved=said.resolved,
        satisfied=said.satisfied,
        contact_ok=contact_ok(
            change.policy, ticket.urgency, lead.contact_due_at, change.contacts()
        ),
        late=view.overdue(ticket, change.now),
        assessed_at=change.now,
        recorded_at=change.now,
    )


def attempts(session: Session, tickets: Sequence[Ticket]) -> dict[str, Attempts]:
    """What was tried in each ticket's present cycle."""
    cycles = {ticket.number: ticket.reworks for ticket in tickets}
    found: dict[str, list[datetime]] = defaultdict(list)
    for number, cycle, at in session.execute(
        select(Callback.ticket_number, Callback.cycle, Callback.at)
        .where(Callback.ticket_number.in_(cycles))
        .order_by(Callback.attempt)
    ):
        if cycle == cycles[number]:
            found[number].append(at)
    return {t.number: Attempts(t.since, found[t.number]) for t in tickets}


def queue(viewer: Viewer, paging: Paging) -> Page[QueuedView]:
    """Every ticket that awaits a callback, by when the citizen is to be called."""
    query = select(Ticket).where(Ticket.callback_due_at.is_not(None))
    rows, after = DUE_FIRST.page(viewer.session, query, paging.cursor, paging.limit)
    tried = attempts(viewer.session, rows)
    items = [
        QueuedView(
            **shown.model_dump(by_alias=False),
            callback_due_at=row.callback_due_at,
            attempts=len(tried[row.number].at),
            callable_now=conduct.callable_now(
                viewer.desk.policies.named(row.policy), tried[row.number], viewer.now
            ),
        )
        for row, shown in zip(rows, view.views(viewer, rows), strict=True)
    ]
    return Page(items=items, next=after)


class NoSuchCallback(NotFound):
    title = "There is no such callback here"


def show(session: Session, callback_id: str) -> CallbackView:
    made = session.get_one(Callback, int(callback_id))
    ticket = session.get_one(Ticket, made.ticket_number)
    columns = {
        name: getattr(made, name) for name in CallbackView.model_fields if name != "status_now"
    }
    return CallbackView(**columns, status_now=ticket.status)
