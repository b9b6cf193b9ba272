"""Requests on their way in: as they passed the gate and the form, and what became of each."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

import msgspec

from app.access.roles import Caller
from app.city import City
from app.kit.clock import Clock
from app.kit.messages import Language, language
from app.kit.web.idempotency import Name
from app.routing.kept_reasons import in_own_language
from app.tickets.citizens import caller_hash
from app.tickets.intake.forms import NewTicket
from app.tickets.views.view import Members

PATH = "/v1/tickets"

Mark = bytes | Name


class Answer(NamedTuple):
    """The ticket that a request became, as it then is: 201, a new one; 200, its citizen's open one,
    which was urged."""

    status: HTTPStatus
    number: str
    version: int
    body: bytes
    replayed: bool = False


Outcome = Answer | Exception


@dataclass(slots=True, eq=False)
class Request:
    """A request that passed the gate and the form, with its key and what its body hashes to."""

    caller: Caller
    new: NewTicket
    key: str | None
    body_hash: bytes
    city: City
    clock: Clock
    reader: Language = field(default_factory=language.get)
    """Who sent it: a group has readers of any language."""
    answer: "asyncio.Future[Answer]" = field(default_factory=asyncio.Future)
    names: frozenset[Name] = field(init=False)
    """Of its key; none without one."""
    citizen: bytes | None = field(init=False)
    """By the hash of his telephone, as far as it has one."""

    def __post_init__(self) -> None:
        citizen = self.new.citizen
        self.names = frozenset() if self.key is None else frozenset({(self.caller.id, self.key)})
        self.citizen = caller_hash(self.city.secret, citizen.telephone, citizen.anonymous)

    @property
    def marks(self) -> frozenset[Mark]:
        """Its citizen and its key, as far as it has them."""
        return self.names if self.citizen is None else self.names | {self.citizen}

    def as_answer(self, status: HTTPStatus, ticket: Members, beside: Members) -> Answer:
        urged = {"duplicate_of_open": True} if status is HTTPStatus.OK else {}
        route = in_own_language(ticket["route"], self.reader)
        body = msgspec.json.encode({**ticket, "route": route, **urged, **beside})
        return Answer(status, ticket["number"], ticket["version"], body)
