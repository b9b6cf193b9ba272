"""Callbacks: the queue of citizens to call, and the record of each call (RULEBOOK D.9)."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.callbacks import conduct, results
from app.callbacks.answers import Reach
from app.callbacks.conduct import Attempts
from app.callbacks.models import Callback, Correction, Dispute
from app.callbacks.schemas import CallbackView, CorrectionView, NewCallback, QueuedView
from app.kit.errors import Conflict, NotFound
from app.kit.messages import Message
from app.kit.ready import Ready, parameter
from app.kit.web.paging import Order, Page, instant
from app.tickets.acts.change import Change
from app.tickets.citizens import citizen
from app.tickets.event_data import CalledBack
from app.tickets.life.lifecycle import Action
from app.tickets.models import Ticket
from app.tickets.views import view
from app.tickets.views.lists import Paging
from app.tickets.views.view import Viewer

DUE_FIRST = Order((Ticket.callback_due_at, Ticket.number), (instant, str))


class NotCallableNow(Conflict):
    title = "The citizen may not be tried again yet"


class TelephoneKnown(Conflict):
    title = "This citizen can be called"


def record(change: Change, body: NewCallback) -> Callback:
    """Record one attempt (RULEBOOK D.9), and settle the ticket if it is final (T19, T20).

    Refuses (NotCallableNow) a further vain attempt outside calling hours or too soon, and
    (TelephoneKnown) the end without a call of a citizen with a telephone.
    """
    ticket, head = change.ticket, change.head
    tried = results.attempts(change.session, [ticket])[ticket.number]
    if body.reach is Reach.UNREACHED and (tried.at or change.now < tried.since):
        check_callable(change, tried)
    if body.reach is Reach.ANONYMOUS:
        check_unknown(change)
    callback = results.attempt(change, tried, body.answers)
    if body.reason is not None:
        ticket.reason_seq = callback.seq
    callback.reasonable = body.reasonable
    callback.final = conduct.is_final(head.policy, body.answers, tried, change.now)
    data = CalledBack(
        **asdict(body.answers),
        reasonable=body.reasonable,
        final=callback.final,
        assessed=results.score(change, callback),
    )
    results.finish(
        change,
        callback,
        Action.CALLBACK,
        data,
        {"reason": body.reason, "recording": body.recording},
    )
    return callback


def check_callable(change: Change, tried: Attempts) -> None:
    if not conduct.callable_now(change.head.policy, tried, change.now):
        rule = change.head.policy.callback
        raise NotCallableNow(
            Message(
                "between two vain attempts lie {gap}, and calls are made from {opens:%H:%M} to"
                " {closes:%H:%M} in Beijing, and not before {since}",
                gap=rule.gap,
                opens=rule.window.opens,
                closes=rule.window.closes,
                since=tried.since,
            ),
            last_attempt_at=max(tried.at).isoformat() if tried.at else None,
        )


def check_unknown(change: Change) -> None:
    """`anonymous` is nobody whom a telephone reaches."""
    known = citizen(change.session, change.ticket.number)
    if known.phone or known.callback_phone:
        raise TelephoneKnown(
            Message("anonymous is who left no telephone; of this citizen there is one")
        )


def queue(viewer: Viewer, paging: Paging) -> Page[QueuedView]:
    """Every ticket that awaits a callback, by the limit of the callback."""
    query = select(Ticket).where(Ticket.callback_due_at.is_not(None))
    rows, after = DUE_FIRST.page(viewer.session, query, paging.cursor, paging.limit)
    tried = results.attempts(viewer.session, rows)
    items = [
        QueuedView(
            **shown.model_dump(by_alias=False),
            callback_due_at=row.callback_due_at,
            attempts=len(tried[row.number].at),
            no_citizen=row.no_citizen,
            callable_now=not row.no_citizen
            and conduct.callable_now(
                viewer.city.policies.named(row.policy), tried[row.number], viewer.now
            ),
        )
        for row, shown in zip(rows, view.views(viewer, rows), strict=True)
    ]
    return Page(items=items, next=after)


class NoSuchCallback(NotFound):
    title = "There is no such callback here"


def show(session: Session, callback_id: str) -> CallbackView:
    [row] = BY_ID.rows(session.connection(), id=int(callback_id))
    return view_of(row)


def history(session: Session, number: str) -> list[CallbackView]:
    """Every attempt to call the citizen of a ticket, oldest first."""
    return [view_of(row) for row in OF_TICKET.rows(session.connection(), number=number)]


COLUMNS = frozenset(column.key for column in Callback.__table__.columns)
RECORDED = tuple(name for name in CallbackView.model_fields if name in COLUMNS)
CORRECTED = tuple(CorrectionView.model_fields)


def view_of(row: Any) -> CallbackView:
    heard = {name: getattr(row, f"correction_{name}") for name in CORRECTED}
    return CallbackView(
        **{name: getattr(row, name) for name in RECORDED},
        disputed_at=row.raised_at,
        correction=CorrectionView(**heard) if heard["corrected_at"] else None,
        status_now=row.status,
    )


def shown(of: sa.ColumnElement[bool]) -> Ready:
    """The callbacks as `view_of` takes them, the first first."""
    return Ready(
        select(
            *(getattr(Callback, name) for name in RECORDED),
            *(getattr(Correction, name).label(f"correction_{name}") for name in CORRECTED),
            Ticket.status,
            Dispute.raised_at,
        )
        .select_from(Callback)
        .join(Ticket, Ticket.number == Callback.ticket_number)
        .outerjoin(Dispute, Dispute.callback_id == Callback.id)
        .outerjoin(Correction, Correction.callback_id == Callback.id)
        .where(of)
        .order_by(Callback.id)
    )


BY_ID = shown(Callback.id == parameter("id", sa.BigInteger))
OF_TICKET = shown(Callback.ticket_number == parameter("number", sa.Text))
