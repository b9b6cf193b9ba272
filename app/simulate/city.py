"""The imagined city: the homes of its citizens, and the quality of each office's work."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from pathlib import Path
from random import Random

from app.kit.workdays import in_force
from app.offices.gazetteer import Gazetteer, Street, StreetKind
from app.routing.reading.names import short_name

SPREAD = 0.75
"""Sigma of the streets' lognormal volumes: the busiest tenth has about a third of all requests."""

BY_KIND = {StreetKind.STREET: 1.0, StreetKind.TOWNSHIP: 0.45}
BUSY = {
    "回龙观街道": 3.0,
    "龙泽园街道": 2.5,
    "天通苑北街道": 3.0,
    "天通苑南街道": 3.0,
    "霍营街道": 2.0,
    "史各庄街道": 1.5,
    "东小口镇": 3.0,
    "北七家镇": 4.0,
}
"""回天地区: there the city first looked for the causes of its requests [SOURCES B46]."""


@dataclass(frozen=True, slots=True)
class Home:
    """The home of a request: a street with its district, and a community or village there."""

    street: Street
    district: str
    place: str

    @property
    def address(self) -> str:
        return f"{self.district}{self.street.name}{self.place}"


@dataclass(frozen=True, slots=True)
class Quality:
    """`pace`: 1 is usual, more is slower; `skill` adds to the chance that a case is resolved."""

    pace: float
    skill: float


class LivedCity:
    """The same seed imagines the same city from the same gazetteer."""

    def __init__(
        self, gazetteer: Gazetteer, on: date, seed: int, photos: Path, eventful: float = 1
    ) -> None:
        self.seed = seed
        self.photos = photos
        self.eventful = eventful
        self.districts = {district.code: district.name for district in gazetteer.districts}
        self.places = places(gazetteer)
        self.streets = [
            street
            for street in gazetteer.streets
            if in_force(street.active_from, street.active_to, on) and street.code in self.places
        ]
        self.volumes = list(accumulate(map(self.volume, self.streets)))

    def chance(self, *of: object) -> Random:
        """A separate source of chance for each thing: other draws do not change it."""
        return Random("/".join(map(str, (self.seed, *of))))

    def volume(self, street: Street) -> float:
        drawn = self.chance("volume", street.code).lognormvariate(0, SPREAD)
        return drawn * BY_KIND[street.kind] * BUSY.get(street.name, 1.0)

    def home(self, chance: Random) -> Home:
        (street,) = chance.choices(self.streets, cum_weights=self.volumes)
        place = chance.choice(self.places[street.code])
        return Home(street, self.districts[street.district_code], place)

    def quality(self, office_code: str) -> Quality:
        chance = self.chance("quality", office_code)
        return Quality(chance.lognormvariate(0, 0.3), chance.gauss(0, 0.09))


def places(gazetteer: Gazetteer) -> Mapping[str, Sequence[str]]:
    """The short names of each street's communities and villages."""
    names = defaultdict(list)
    for place in gazetteer.places:
        names[place.street_code].append(short_name(place))
    return names
