"""Codes in filters: one that names nothing is refused, where an empty list would hide the slip."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, NoReturn

from pydantic import BaseModel

from app.city import City
from app.kit.errors import Invalid
from app.kit.messages import Message, template
from app.kit.web.wire import OfficeCode
from app.offices.directory import STREET_KINDS, OfficeKind


class NoSuchCode(Invalid):
    title = "A filter names a code that nothing has"


@dataclass(frozen=True)
class Names:
    """Marks a filter whose value names something of the city."""

    words: str
    """The template of the refusal."""
    is_known: Callable[[City, str], bool]


def is_office(city: City, code: str) -> bool:
    return code in city.offices


def is_district(city: City, code: str) -> bool:
    office = city.offices.get(code)
    return office is not None and office.kind is OfficeKind.DISTRICT_CENTRE


def is_street(city: City, code: str) -> bool:
    office = city.offices.get(code)
    return office is not None and office.kind in STREET_KINDS


def is_community(city: City, code: str) -> bool:
    return code in city.communities


def is_category(city: City, code: str) -> bool:
    """A category, or the beginning of one."""
    known = city.catalogue.categories
    return code in known or any(category.startswith(code) for category in known)


OF_DISTRICT = Names(template("there is no district {code}"), is_district)
OF_CATEGORY = Names(template("there is no category {code}"), is_category)

Office = Annotated[OfficeCode | None, Names(template("there is no office {code}"), is_office)]
District = Annotated[OfficeCode | None, OF_DISTRICT]
Street = Annotated[
    OfficeCode | None, Names(template("there is no street or township {code}"), is_street)
]
Community = Annotated[
    OfficeCode | None, Names(template("there is no community {code}"), is_community)
]
"""Filters of today's offices and of former ones."""


def check(city: City, filters: BaseModel) -> None:
    """Refuses (NoSuchCode) filters of which one names nothing, with the name of each."""
    faults = dict(unknown(city, filters))
    if faults:
        refuse(faults)


def unknown(city: City, filters: BaseModel) -> Iterator[tuple[str, Message]]:
    for name, mark in marks(type(filters)).items():
        code = getattr(filters, name)
        if code is not None and not mark.is_known(city, code):
            yield name, Message(mark.words, code=code)


def check_one(city: City, name: str, code: str | None, mark: Names) -> None:
    """The same for a filter by itself."""
    if code is not None and not mark.is_known(city, code):
        refuse({name: Message(mark.words, code=code)})


def refuse(faults: Mapping[str, Message]) -> NoReturn:
    """By the filters' names."""
    errors = [{"pointer": f"/query/{name}", "detail": detail} for name, detail in faults.items()]
    raise NoSuchCode(next(iter(faults.values())), errors=errors)


@cache
def marks(form: type[BaseModel]) -> Mapping[str, Names]:
    return {
        name: mark
        for name, field in form.model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Names)
    }
