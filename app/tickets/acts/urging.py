"""Urging 催办: the citizen asks again."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import func, select

from app.feed.service import News, append
from app.tickets.acts import urgency
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Words
from app.tickets.event_data import Notice, Urged, as_json
from app.tickets.events import Event
from app.tickets.life.lifecycle import Action

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def urge(change: Change, body: Words, told_anew: Mapping[str, Any] = NOTHING) -> None:
    """D.7: the citizen asks again; often enough, the district is told."""
    urgency.heed(change, body.text)
    ticket, rule = change.ticket, change.policy.urge
    recent = change.session.scalar(
        select(func.count()).where(
            Event.ticket_number == ticket.number,
            Event.action == Action.URGE,
            Event.at >= change.now - rule.within,
        )
    )
    flagged = (recent or 0) + 1 >= rule.count
    ticket.urged += 1
    data = Urged(urged=ticket.urged, flagged=flagged)
    change.record(Action.URGE, ticket.status, data=data, words={**told_anew, "text": body.text})
    if flagged and ticket.district_code:
        kind, news_data = Notice.URGED_OFTEN, as_json(data)
        news = News(ticket.district_code, change.now, kind, ticket.number, data=news_data)
        append(change.session, [news])
