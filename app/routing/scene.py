"""A text as it is understood: the place it is about, and what stands around that place."""

from collections.abc import Sequence

from msgspec import Struct

from app.routing.decision import Query
from app.routing.names import Find, Kind, Lexicon, Meaning, kinds
from app.routing.spots import WIDEST_GAP, Spot, choose, place_key, spots
from app.routing.text import Reading, read

DISTRICT_KINDS = (Kind.DISTRICT, Kind.SHORT_DISTRICT)
DISTRICTS = kinds(*DISTRICT_KINDS)
STREETS = kinds(Kind.STREET)
ELSEWHERE = kinds(Kind.ELSEWHERE)
CITY = kinds(Kind.CITY)
BEIJING = DISTRICTS | STREETS | CITY


class Scene(Struct, frozen=True, gc=False):
    """The place chosen, the finds that bear on it, the districts it may lie in, or the city that
    is not Beijing."""

    reading: Reading
    spot: Spot | None
    finds: tuple[Find, ...]
    districts: tuple[str, ...]
    district: str | None
    """The one district, where no more and no fewer are told."""
    elsewhere: str

    @property
    def place(self) -> str:
        """The key of the place; where the text names none, all of its reading."""
        return place_key(self.spot) if self.spot and self.spot.name else self.reading.text

    def meant_by(self, find: Find) -> Sequence[Meaning]:
        """What a find may mean here: in the district told, if it means anything there."""
        if self.district is None or len(find.meanings) == 1:
            return find.meanings
        district = self.district
        inside = [m for m in find.meanings if m.code.startswith(district)]
        return inside or find.meanings


def understand(lexicon: Lexicon, query: Query) -> Scene:
    reading = read(query.text)
    finds = lexicon.find(reading.text)
    found = spots(reading.text, finds)
    spot = choose(found)
    told = told_of(spot, found)
    districts = districts_of(told, query.district_code)
    return Scene(
        reading=reading,
        spot=spot,
        finds=bearing(spot, found, told, finds),
        districts=districts,
        district=districts[0] if len(districts) == 1 else None,
        elsewhere=elsewhere(told),
    )


def districts_of(told: Sequence[Find], given: str | None) -> tuple[str, ...]:
    """The districts that are told, in the text or beside it."""
    named = [meaning for find in told if find.kinds & DISTRICTS for meaning in find.meanings]
    said = {meaning.code for meaning in named if meaning.kind in DISTRICT_KINDS}
    return tuple(sorted(said | {given} if given else said))


def told_of(spot: Spot | None, found: Sequence[Spot]) -> tuple[Find, ...]:
    """The administrative names of the place's own clause, else of the nearest one before it,
    else of any."""
    if spot is None or spot.told:
        return spot.told if spot is not None else ()
    others = [other for other in found if other.told and not (spot.known and other.home)]
    before = [other.told for other in others if other.start <= spot.start]
    behind = [other.told for other in others]
    return (before[-1:] or behind[:1] or [()])[0]


def bearing(
    spot: Spot | None, found: Sequence[Spot], told: Sequence[Find], finds: Sequence[Find]
) -> tuple[Find, ...]:
    """The finds in the place and before it, and the streets named of other places than home."""
    if spot is None:
        return ()
    near = [find for find in finds if spot.start <= find.start and find.end <= spot.end]
    if len(found) > 1 and not spot.home:
        others = [f for other in found if not other.home for f in other.told if f not in told]
        near += [find for find in others if find.kinds & STREETS]
    return (*told, *[find for find in near if find not in told])


def elsewhere(told: Sequence[Find]) -> str:
    """The other city that is named, if nothing of Beijing is, or if it stands right before that:
    a 朝阳区 that is told to be Shanghai's is not ours."""
    others = [find for find in told if find.kinds & ELSEWHERE]
    if not others or any(find.kinds & CITY for find in told):
        return ""
    ours = [find for find in told if find.kinds & BEIJING]
    if ours and not 0 <= ours[0].start - others[-1].end <= WIDEST_GAP:
        return ""
    return others[0].meanings[0].name
