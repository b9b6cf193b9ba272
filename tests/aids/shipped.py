"""What the project ships, read once for all tests of a process, and not before one needs it."""

from functools import cache

from app.offices import files
from app.offices.catalogue import compile_catalogue
from app.routing.decide import Router
from app.routing.load import make_router
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
