"""Persons behind one telephone: whether two requests from it are one citizen's, of one kind."""

import unicodedata
from typing import NamedTuple, Protocol

from app.tickets import telephones
from app.tickets.life.lifecycle import TicketType
from app.tickets.personal import TITLES


class Sender(NamedTuple):
    """A citizen as he names himself, and the kind of request that he makes."""

    name: str | None
    phone: str | None
    type: TicketType
    confidential: bool

    @property
    def kind(self) -> tuple[TicketType, bool]:
        return self.type, self.confidential


class Named(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def phone(self) -> str | None: ...


class Called(Named, Protocol):
    """Who can be found again by the hash of his number."""

    @property
    def phone_hash(self) -> bytes | None: ...


def are_one(first: Called, second: Called) -> bool:
    """Whether two citizens are one person: by the same number, and nothing speaks against it."""
    known = first.phone_hash is not None and first.phone_hash == second.phone_hash
    return known and one_person(first, second)


def one_person(first: Named, second: Named) -> bool:
    """Of requests from the same number: no name and no extension speaks against it."""
    extensions = [extension_of(sender.phone) for sender in (first, second)]
    return agree(*extensions) and one_name(first.name, second.name)


def agree(first: str | None, second: str | None) -> bool:
    return first is None or second is None or first == second


def extension_of(phone: str | None) -> str | None:
    read = telephones.read(phone) if phone else None
    return read and read.extension


def one_name(first: str | None, second: str | None) -> bool:
    if first is None or second is None:
        return True
    mine, theirs = plain(first), plain(second)
    return mine == theirs or fits(mine, theirs) or fits(theirs, mine)


def fits(titled: str, name: str) -> bool:
    title = next((title for title in TITLES if titled.endswith(title)), None)
    return title is not None and name.startswith(titled.removesuffix(title))


def plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
