"""The city in memory, without the database: rules, catalogue, offices, router."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Request

from app.duties.centres import CentreModels
from app.duties.duty_list import NOTHING_NAMED, DutyList
from app.kit.cipher import Cipher
from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.workdays import day_of
from app.offices.catalogue import Catalogue
from app.offices.directory import OfficeEntry, OfficeKind
from app.period import Periods
from app.policy.documents import Policies
from app.routing.decide import Router
from app.routing.decision import Decision, Query
from app.routing.service import thresholds
from app.suggest.emergencies import Emergencies
from app.suggest.suggester import Suggester

OF_CITIZENS = b"jiesu citizens"
"""The purpose of the key that enciphers their names and numbers."""


class NoSuchOffice(Invalid):
    title = "There is no such office to dispatch to"


class NoSuchDistrict(Invalid):
    title = "There is no such district"


@dataclass(frozen=True, slots=True)
class City:
    policies: Policies
    catalogue: Catalogue
    offices: Mapping[str, OfficeEntry]
    router: Router
    suggester: Suggester
    secret: bytes = field(default=b"", repr=False)
    """The server's, for keyed hashes."""
    former_secret: bytes = field(default=b"", repr=False)
    """Under which some citizens may be enciphered still."""
    cipher: Cipher = field(init=False, repr=False)
    """Of citizens' names and numbers."""
    duties: DutyList = NOTHING_NAMED
    centres: CentreModels = field(default_factory=dict)
    communities: frozenset[str] = frozenset()
    """The codes of communities and villages."""
    edition: str = field(init=False, default="")
    """It differs for other rules and for other names of offices."""
    periods: Periods = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cipher", Cipher(self.secret, OF_CITIZENS, self.former_secret))
        object.__setattr__(self, "periods", Periods(self.policies))
        rules = [(policy.name, policy.sha256) for policy in self.policies.documents]
        known = repr((rules, sorted(self.offices.items())))
        object.__setattr__(self, "edition", sha256(known.encode()).hexdigest())

    @property
    def emergencies(self) -> Emergencies:
        """The words of an emergency (D.4)."""
        return self.suggester.emergencies

    def route(self, query: Query, now: datetime) -> Decision:
        """Route a request by the rules and names of this day."""
        return self.router.route(query, thresholds(self.policies, now), day_of(now))

    def rules_alike(self, first: datetime, second: datetime) -> bool:
        """Whether the same rules and names hold at both instants."""
        rules = self.policies.at(first) is self.policies.at(second)
        return rules and day_of(first) == day_of(second)

    def office(self, code: str, pointer: str, now: datetime) -> OfficeEntry:
        """An office that works today. Refuses (NoSuchOffice) at the field that named it."""
        office = self.offices.get(code)
        if office is None or not office.active(day_of(now)):
            detail = Message("no office {code} works on {day}", code=code, day=day_of(now))
            raise NoSuchOffice(detail, errors=[{"pointer": pointer, "detail": detail}])
        return office

    def check_district(self, code: str | None) -> None:
        """Refuses (NoSuchDistrict) an address with the code of no district."""
        office = self.offices.get(code) if code else None
        if code and (office is None or office.kind is not OfficeKind.DISTRICT_CENTRE):
            fault = {
                "pointer": "/address/district_code",
                "detail": Message("no district {code}", code=code),
            }
            raise NoSuchDistrict(Message("there is no district {code}", code=code), errors=[fault])


async def city(request: Request) -> City:
    known: City = request.app.state.city
    return known


AtCity = Annotated[City, Depends(city)]


def district_of(city: City, code: str) -> str | None:
    office = city.offices.get(code)
    return office.district_code if office else None
