"""Citizens for whose tickets a whistle is blown: who is only summoned reads none of their names
(RULEBOOK D.16)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.tickets.citizens import Citizen, former_names
from app.whistles.models import WhistleTicket


def names(session: Session, numbers: Sequence[str]) -> Mapping[str, list[str]]:
    """Their names, present and past, by whistle."""
    former = former_names(WhistleTicket.ticket_number)
    query = (
        select(WhistleTicket.whistle_number, Citizen.name, former)
        .join(Citizen, Citizen.ticket_number == WhistleTicket.ticket_number)
        .where(WhistleTicket.whistle_number.in_(numbers))
    )
    known: dict[str, list[str]] = defaultdict(list)
    for number, name, before in session.execute(query):
        known[number] += [each for each in (name, *(before or ())) if each]
    return known
