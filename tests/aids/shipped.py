"""What the project ships, read once for all tests of a process, and not before one needs it."""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

from app import preparation
from app.offices import files
from app.offices.catalogue import compile_catalogue
from app.routing.decide import Router
from app.routing.load import DATA, make_router
from app.suggest import load
from app.suggest.emergencies import Emergencies
from app.suggest.suggester import Suggester

gazetteer = cache(files.read_gazetteer)
catalogue = cache(files.read_catalogue)


@cache
def router() -> Router:
    """Of the gazetteer alone, without a catalogue and without names of offices."""
    return make_router(gazetteer(), compile_catalogue([], []), {})


@cache
def suggester() -> Suggester:
    return load.make_suggester(catalogue())


def emergencies() -> Emergencies:
    return suggester().emergencies


class Premade:
    """Stands for a function whose result was made before a process was forked: it gives it to the
    first call of each process that gives it the same, of the same files; others make theirs."""

    def __init__(self, make: Callable[..., Any], *given: object) -> None:
        self.make, self.given, self.files = make, given, content()
        self.left = [make(*given)]

    def __call__(self, *given: object) -> Any:
        if self.left and given == self.given and content() == self.files:
            return self.left.pop()
        return self.make(*given)


def content() -> str:
    paths = sorted(path for folder in (DATA, load.DATA) for path in folder.iterdir())
    return sha256(b"".join(path.name.encode() + path.read_bytes() for path in paths)).hexdigest()


@cache
def make_city() -> None:
    """The router and the suggester of a service, for all processes that are forked from now on."""
    names = {office.code: office.name for office in files.read_directory(gazetteer())}
    given = (gazetteer(), catalogue(), names, None)
    vars(preparation).update(
        make_router=Premade(make_router, *given),
        make_suggester=Premade(load.make_suggester, catalogue(), None),
    )
