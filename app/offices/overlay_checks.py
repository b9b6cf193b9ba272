"""What no line of a city's overlay may make of the offices that are there."""

from collections import Counter
from collections.abc import Iterable, Mapping

from app.kit.messages import Message
from app.offices.directory import STREET_KINDS, OfficeEntry, OfficeKind
from app.offices.overlay_files import Row

CENTRES = (OfficeKind.CITY_CENTRE, OfficeKind.DISTRICT_CENTRE)


def check_kinds(
    given: Iterable[Row], own: Mapping[str, OfficeEntry], shipped: Mapping[str, OfficeEntry]
) -> None:
    """Refuses (BadOverlay) a place made of an office that is none, or an office of a place; a
    street whose code is another district's; and a second one of its name in its district."""
    every = {**shipped, **own}.values()
    names = Counter(place_of(entry) for entry in every if is_street(entry) and not entry.active_to)
    for row in given:
        entry = own[row.cells["code"]]
        former = shipped.get(entry.code, entry)
        if rank_of(former) != rank_of(entry):
            raise row.refused(Message("{code} is a {kind}", code=entry.code, kind=former.kind))
        if is_street(entry) and not entry.code.startswith(entry.district_code or entry.code):
            raise row.refused(
                Message(
                    "the code of a street begins with that of its district, {district}",
                    district=entry.district_code,
                )
            )
        if is_street(entry) and names[place_of(entry)] > 1:
            raise row.refused(
                Message(
                    "{district} has another {name}", district=entry.district_code, name=entry.name
                )
            )


def is_street(entry: OfficeEntry) -> bool:
    return entry.kind in STREET_KINDS


def place_of(entry: OfficeEntry) -> tuple[str | None, str]:
    return entry.district_code, entry.name


def rank_of(entry: OfficeEntry) -> OfficeKind | None:
    """A centre, a street (or township, which is alike), or none of them."""
    if is_street(entry):
        return OfficeKind.STREET
    return entry.kind if entry.kind in CENTRES else None


def check_days(row: Row) -> None:
    """Refuses (BadOverlay) an end before the beginning; both are days that were read already."""
    begins, ends = row.cells["active_from"], row.cells["active_to"]
    if begins and ends and ends <= begins:
        raise row.refused(
            Message("it ends on {ends}, and begins on {begins}", ends=ends, begins=begins)
        )
