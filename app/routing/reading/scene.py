"""A text as it is understood: the place that it is about, with the names around that place."""

from collections.abc import Sequence

from msgspec import Struct

from app.routing.decision import Query
from app.routing.reading.corrections import corrected, joined
from app.routing.reading.elsewhere import Abroad
from app.routing.reading.names import PLACES, Find, Kind, Lexicon, Meaning, kinds
from app.routing.reading.spots import BUILT, Spot, choose, place_key, spots
from app.routing.reading.text import Reading, read

DISTRICT_KINDS = (Kind.DISTRICT, Kind.SHORT_DISTRICT)
AREAS = PLACES | kinds(Kind.STEM)
DISTRICTS = kinds(*DISTRICT_KINDS)
STREETS = kinds(Kind.STREET)
A_BUILDING = "1号楼"


class Scene(Struct, frozen=True, gc=False):
    """The place chosen, the finds that bear on it, the districts that it may lie in, or another
    city."""

    text: str
    """As the caller wrote it."""
    reading: Reading
    spot: Spot | None
    finds: tuple[Find, ...]
    districts: tuple[str, ...]
    district: str | None
    """The district, where exactly one is named."""
    elsewhere: str
    named: tuple[Find, ...] = ()
    """Every area and place named in the text, in order; of the caller's home none."""

    @property
    def place(self) -> str:
        """The key of the place; where the text names none, all of its reading."""
        return place_key(self.spot) if self.spot and self.spot.name else self.reading.text

    @property
    def words(self) -> str:
        """The place in the caller's own words."""
        if self.spot is None or not self.spot.name:
            return ""
        start, end = self.reading.span(self.spot.start, self.spot.end)
        return self.text[start:end]

    @property
    def is_built(self) -> bool:
        """Whether a building is told behind the place."""
        return bool(self.spot and BUILT.search(self.reading.text, self.spot.end))

    @property
    def is_named(self) -> bool:
        return bool(self.spot and self.spot.name)

    def meant_by(self, find: Find) -> Sequence[Meaning]:
        """The meanings of a find here: in the district named, if it has any there."""
        if self.district is None or len(find.meanings) == 1:
            return find.meanings
        district = self.district
        inside = [m for m in find.meanings if m.code.startswith(district)]
        return inside or find.meanings


def understand(lexicon: Lexicon, abroad: Abroad, query: Query) -> Scene:
    first = read(query.text)
    reading = joined(lexicon, first, finds := lexicon.find(first.text))
    if reading is not first:
        finds = lexicon.find(reading.text)
    places, whole = corrected(lexicon, reading.text, spots(reading.text, finds))
    spot = choose(places)
    divisions = divisions_of(spot, places)
    districts = districts_of(divisions, query.district_code)
    return Scene(
        text=query.text,
        reading=reading,
        spot=spot,
        finds=(*bearing(spot, places, divisions, finds), *whole),
        districts=districts,
        district=districts[0] if len(districts) == 1 else None,
        elsewhere=abroad.place(reading.text, beginning(spot, divisions), divisions, finds),
        named=tuple([find for find in finds if find.kinds & AREAS]),
    )


def again(lexicon: Lexicon, spot: Spot, district: str | None, built: bool) -> Scene:
    """A place as it is remembered, as if a caller named it."""
    number = "" if spot.number is None else f"{spot.number}号"
    reading = read(f"{spot.name}{number}{A_BUILDING if built else ''}")
    finds = [find for find in lexicon.find(reading.text) if find.end <= spot.end]
    return Scene(
        text=spot.name,
        reading=reading,
        spot=spot,
        finds=tuple(finds),
        districts=(district,) if district else (),
        district=district,
        elsewhere="",
        named=tuple([find for find in finds if find.kinds & AREAS]),
    )


def beginning(spot: Spot | None, divisions: Sequence[Find]) -> int:
    """Where the place begins, its district and street with it."""
    starts = [find.start for find in divisions] + ([spot.start] if spot else [])
    return min(starts, default=0)


def districts_of(divisions: Sequence[Find], given: str | None) -> tuple[str, ...]:
    """The districts named in the text or given beside it."""
    named = [meaning for find in divisions if find.kinds & DISTRICTS for meaning in find.meanings]
    codes = {meaning.code for meaning in named if meaning.kind in DISTRICT_KINDS}
    return tuple(sorted(codes | {given} if given else codes))


def divisions_of(spot: Spot | None, places: Sequence[Spot]) -> tuple[Find, ...]:
    """The administrative names of the place's own clause, else of the nearest one before it,
    else of any; to a street without its district a district said alone belongs."""
    if spot is None:
        return ()
    if spot.divisions:
        return spot.divisions + district_alone(spot, places)
    others = [other for other in places if other.divisions and not (spot.known and other.home)]
    before = [other.divisions for other in others if other.start <= spot.start]
    behind = [other.divisions for other in others]
    return (before[-1:] or behind[:1] or [()])[0]


def district_alone(spot: Spot, places: Sequence[Spot]) -> tuple[Find, ...]:
    """石楼镇夏村|门头沟区: the district that another clause consists of."""
    if len(places) == 1 or any(find.kinds & DISTRICTS for find in spot.divisions):
        return ()
    alone = (other.divisions for other in places if not (other.name or other.home))
    return next((finds for finds in alone if any(f.kinds & DISTRICTS for f in finds)), ())


def bearing(
    spot: Spot | None, places: Sequence[Spot], divisions: Sequence[Find], finds: Sequence[Find]
) -> tuple[Find, ...]:
    """The finds in the place and before it, and the streets named of other places than home."""
    if spot is None:
        return ()
    near = [find for find in finds if spot.start <= find.start and find.end <= spot.end]
    if len(places) > 1 and not spot.home:
        others = [
            f for other in places if not other.home for f in other.divisions if f not in divisions
        ]
        near += [find for find in others if find.kinds & STREETS]
    return (*divisions, *[find for find in near if find not in divisions])
