"""Standings: a whistle's rows as its rules read them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import Any

from app.whistles.life.falls import SummonsTimers, WhistleTimers
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
)
from app.whistles.life.moves import Called
from app.whistles.life.standings import Lead, SummonsStanding, WhistleStanding
from app.whistles.life.waits import Awaited, Waiting
from app.whistles.models import Summons, Whistle


def standing_of(
    whistle: Whistle, summonses: Sequence[Summons], now: datetime, office_code: str | None = None
) -> WhistleStanding:
    """As a caller of that office finds it."""
    return WhistleStanding(
        status=whistle.status,
        level=whistle.level,
        now=now,
        confirmed=whistle.blown_at is None or whistle.confirmed_at is not None,
        tier=whistle.tier,
        verified=has_verified(whistle, summonses, office_code),
        unverified_street=None if whistle.verified_at else whistle.street_code,
        rule_until=whistle.rule_until,
        appeal_until=whistle.appeal_until,
        appealed=whistle.appealed_at is not None,
        appeal_decided=whistle.appeal_decided_at is not None,
        kind=whistle.kind,
        is_campaign=whistle.campaign_at is not None,
        finish_at=whistle.new_date_at or whistle.finish_due_at,
        concluded=whistle.concluded_at is not None,
        lead=lead_of(whistle, summonses, office_code),
        signal=whistle.signal_at is not None and whistle.signal_read_at is None,
        summonses=tuple(map(summons_standing, summonses)),
    )


def lead_of(whistle: Whistle, summonses: Sequence[Summons], office_code: str | None) -> Lead:
    """For a caller of that office."""
    joined = joined_streets(summonses)
    return Lead(
        is_free=bool(joined) and whistle.conductor in {whistle.street_code, *joined},
        proposed=whistle.proposed_lead is not None,
        awaits_caller=office_code == whistle.lead_asked,
        concerns_caller=office_code in (whistle.conductor, whistle.proposed_lead),
    )


def joined_streets(summonses: Iterable[Summons]) -> list[str]:
    """The other streets that take part."""
    peers = (each for each in summonses if each.kind is SummonsKind.PEER)
    return [each.office_code for each in peers if each.status is SummonsStatus.ACCEPTED]


def has_verified(whistle: Whistle, summonses: Sequence[Summons], office_code: str | None) -> bool:
    """Whether the office is a street that has verified."""
    verified = {each.office_code for each in summonses if each.verified_at}
    own = {whistle.street_code} if whistle.verified_at else set()
    return office_code in own | verified


def summons_standing(summons: Summons) -> SummonsStanding:
    return SummonsStanding(
        office_code=summons.office_code,
        status=summons.status,
        required=summons.required,
        is_peer=summons.kind is SummonsKind.PEER,
        has_arrived=summons.arrived_at is not None,
        is_away=summons.away,
        object_until=summons.object_until,
        has_objected=summons.objected_at is not None,
        verified=summons.verified_at is not None,
        waived=summons.waived_at is not None,
        supervised=summons.supervised_at is not None,
        offered_from=summons.offered_from,
        has_left=summons.left_at is not None,
        refusal=summons.refused is None if summons.refusal_at else None,
        came_at=summons.came_at,
        is_marked=summons.is_marked,
        thanked=summons.thanked_at is not None,
    )


def called(summonses: Sequence[Summons]) -> list[Called]:
    """Of departments: the other street's summons decides nothing (H6)."""
    return [
        Called(each.status, each.required, each.arrived_at is not None, each.waived_at is not None)
        for each in summonses
        if each.kind is SummonsKind.DEPARTMENT
    ]


def timers_of(
    whistle: Whistle, summonses: Sequence[Summons]
) -> tuple[WhistleTimers, list[SummonsTimers]]:
    timers = [SummonsTimers(*TIMERS(summons)) for summons in summonses]
    return WhistleTimers(*WHISTLE_TIMERS(whistle)), timers


def waiting_of(whistle: Whistle, summonses: Sequence[Summons]) -> tuple[Waiting, list[Awaited]]:
    return Waiting(*WAITING(whistle)), [Awaited(*AWAITED(summons)) for summons in summonses]


def columns(kind: type[Any]) -> Callable[[object], tuple[Any, ...]]:
    """Reads the members of a dataclass off a row that has columns of their names."""
    return attrgetter(*(field.name for field in fields(kind)))


WHISTLE_TIMERS, TIMERS, WAITING, AWAITED = map(
    columns, (WhistleTimers, SummonsTimers, Waiting, Awaited)
)
