"""Categories, catalogue, duties, powers and policies; 304 while nothing of them changed."""

import re
from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, BeforeValidator

from app.access.gate import allow
from app.access.roles import STAFF
from app.city import AtCity
from app.kit.clock import Now
from app.kit.messages import Message
from app.kit.web.etag import OF_CALLER, tagged
from app.kit.web.route import Route
from app.kit.web.wire import JsonBytes
from app.kit.workdays import day_of
from app.reference import duties, service
from app.reference.duties import DutyFilter
from app.reference.schemas import (
    CatalogueView,
    CategoriesView,
    DutyListView,
    OfficeDutiesView,
    PoliciesView,
    PolicyView,
    PowersView,
)

router = APIRouter(
    prefix="/v1", tags=["reference"], dependencies=[Depends(allow(STAFF))], route_class=Route
)


DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def written(value: object) -> object:
    """A day such as 2026-10-20. Refuses seconds since 1970 (pydantic takes them) and times."""
    if isinstance(value, str) and not DAY.fullmatch(value):
        raise ValueError(Message("is no day such as 2026-10-20"))
    return value


Day = Annotated[date | None, BeforeValidator(written), Query(description="A day in Beijing")]


def answer(request: Request, view: BaseModel) -> Response:
    body = view.model_dump_json().encode()
    response = JsonBytes(body, headers=OF_CALLER)
    return tagged(request, response, sha256(body).hexdigest()[:32], response)


@router.get("/categories", response_model=CategoriesView)
def list_categories(request: Request, city: AtCity, now: Now) -> Response:
    """The whole category tree, in order of code, with today's duties and powers in each."""
    return answer(request, service.categories(city.catalogue, city.duties, day_of(now)))


@router.get("/catalogue", response_model=CatalogueView)
def read_catalogue(request: Request, city: AtCity, now: Now, as_of: Day = None) -> Response:
    """The rules of the dispatch catalogue in force on a day, today where none is named."""
    return answer(request, service.rules(city.catalogue, as_of or day_of(now)))


@router.get("/duties", response_model=DutyListView)
def list_duties(
    request: Request,
    city: AtCity,
    now: Now,
    wanted: Annotated[DutyFilter, Depends()],
    as_of: Day = None,
) -> Response:
    """The street's duty list on a day, as far as it is at hand: D.14.1."""
    return answer(request, duties.duty_list(city.duties, wanted, as_of or day_of(now)))


@router.get("/powers", response_model=PowersView)
def list_powers(request: Request, city: AtCity, now: Now, as_of: Day = None) -> Response:
    """The powers of enforcement that streets and townships have in their own name: D.14.1."""
    return answer(request, duties.powers(city.duties, as_of or day_of(now)))


@router.get("/offices/{code}/duties", response_model=OfficeDutiesView)
def read_office_duties(
    code: str, request: Request, city: AtCity, now: Now, as_of: Day = None
) -> Response:
    """What a street or township bears, organises and assists with, and its powers."""
    return answer(request, duties.of_office(city, code, as_of or day_of(now)))


@router.get("/policies", response_model=PoliciesView)
def list_policies(request: Request, city: AtCity, now: Now) -> Response:
    """The policy documents, the earliest first."""
    return answer(request, service.policies(city.policies, now))


@router.get("/policies/{name}", response_model=PolicyView)
def read_policy(name: str, request: Request, city: AtCity, now: Now) -> Response:
    """One policy document with all its keys and values."""
    return answer(request, service.policy(city.policies, name, now))
