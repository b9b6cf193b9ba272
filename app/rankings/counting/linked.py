"""Results of the tickets that settled whistles were blown for, by the office called 双考核
(RULEBOOK D.14.8, D.15)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select

from app.callbacks.models import Assessment, Correction
from app.rankings.counting.outcomes import kind_of, outcome_of
from app.rankings.counting.record import Record, Where
from app.rankings.rates import NOTHING, Counts, admitted, count
from app.whistles.life.loop import SummonsKind, SummonsStatus, WhistleStatus
from app.whistles.models import Summons, Whistle, WhistleTicket

SETTLED = (WhistleStatus.SETTLED, WhistleStatus.EVALUATED)
"""False ones leave no trace with the offices called."""


def called(of_interest: Where, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    """Summonses of departments by settled whistles, without those that a ruling has withdrawn."""
    return (
        select(Summons.office_code, *columns)
        .join(Whistle, Whistle.number == Summons.whistle_number)
        .where(
            Whistle.status.in_(SETTLED),
            of_interest,
            Summons.kind == SummonsKind.DEPARTMENT,
            Summons.status != SummonsStatus.WITHDRAWN_BY_RULING,
        )
    )


def results(record: Record, of_interest: Where) -> Mapping[str, Counts]:
    """Of the tickets, whenever these were assessed, under the policy of the record's period: each
    once for an office, merged ones one by one, excluded ones not at all."""
    policy = record.period.policy
    query = (
        called(of_interest, Assessment, Correction)
        .join(WhistleTicket, WhistleTicket.whistle_number == Whistle.number)
        .join(Assessment, Assessment.ticket_number == WhistleTicket.ticket_number)
        .outerjoin(Correction, record.heard())
        .where(~record.excluded())
    )
    facts = {
        (code, fact.ticket_number): (fact, heard)
        for code, fact, heard in record.session.execute(query)
    }
    sums: dict[str, Counts] = defaultdict(lambda: NOTHING)
    for (code, _), (fact, heard) in facts.items():
        if admitted(kind_of(fact), policy.assess):
            sums[code] += count(outcome_of(fact, heard or fact), policy.score)
    return sums
