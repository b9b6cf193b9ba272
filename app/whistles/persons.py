"""Citizens for whose tickets a whistle is blown: who is only summoned reads none of their names
(RULEBOOK D.16)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.cipher import Cipher
from app.kit.ready import Ready
from app.tickets.citizens import Citizen, former_names, names_of
from app.tickets.views.view import NUMBERS
from app.whistles.models import WhistleTicket


def names(session: Session, cipher: Cipher, numbers: Sequence[str]) -> Mapping[str, list[str]]:
    """Their names, present and past, by whistle."""
    known: dict[str, list[str]] = defaultdict(list)
    for whistle, ticket, name, before in NAMES.rows(session.connection(), numbers=list(numbers)):
        known[whistle] += names_of(cipher, ticket, name, *(before or ()))
    return known


NAMES = Ready(
    select(
        WhistleTicket.whistle_number,
        Citizen.ticket_number,
        Citizen.name,
        former_names(WhistleTicket.ticket_number),
    )
    .join(Citizen, Citizen.ticket_number == WhistleTicket.ticket_number)
    .where(WhistleTicket.whistle_number == sa.any_(NUMBERS))
)
