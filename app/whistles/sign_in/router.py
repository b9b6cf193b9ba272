"""The page on which people report in, over HTTP: the code is the right, no key is asked for."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Path, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse

from app.city import AtCity
from app.kit.clock import AtClock, Now
from app.kit.db import Reading, Writing
from app.kit.errors import Invalid, Refusal
from app.kit.messages import Message
from app.kit.web import problems
from app.kit.web.faults import faults
from app.kit.web.route import Route
from app.whistles.acts.forms import ReportIn
from app.whistles.sign_in import pages, service
from app.whistles.sign_in.pages import HEADERS, PATH, Filled
from app.whistles.sign_in.service import Place

MOST_FIELDS = 10

router = APIRouter(prefix=f"/{PATH}", tags=["report-in"], route_class=Route)

Code = Annotated[str, Path(max_length=64)]


async def filled_in(request: Request) -> Filled:
    """The fields of the form; what is no form has none."""
    try:
        text = (await request.body()).decode()
        return dict(parse_qsl(text, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


FilledIn = Annotated[Filled, Depends(filled_in)]


def answer(content: str, refusal: Refusal | None = None) -> HTMLResponse:
    status = problems.STATUS[problems.family(refusal)] if refusal else 200
    return HTMLResponse(content, status, HEADERS)


@router.get("/{code}", response_class=HTMLResponse)
def show_page(code: Code, session: Reading, city: AtCity, now: Now) -> HTMLResponse:
    """The page behind a one-time code's QR: who comes tells his name and duty."""
    try:
        return answer(pages.page(service.awaited(session, city, code, now)))
    except Refusal as refusal:
        return answer(pages.page(None, pages.words_of(refusal)), refusal)


@router.post("/{code}", response_class=HTMLResponse)
def report_at_place(
    code: Code, session: Writing, city: AtCity, clock: AtClock, filled: FilledIn
) -> HTMLResponse:
    """H3 报到 by the street's one-time code, from a form (`person`, `duty`, `office_code`, `lon`,
    `lat`)."""
    awaited = None
    try:
        awaited = service.awaited(session, city, code, clock())
        service.report(Place(session, city, clock), *read(code, filled))
    except Refusal as refusal:
        session.rollback()
        return answer(pages.page(awaited, pages.words_of(refusal), filled), refusal)
    return answer(pages.done(awaited, filled))


def read(code: str, filled: Filled) -> tuple[str, ReportIn]:
    """Office and report. Refuses (Invalid) a form that is none."""
    position = {name: filled[name] for name in ("lon", "lat") if filled.get(name)}
    try:
        known = {name: float(text) for name, text in position.items()}
        names = {name: filled.get(name, "") for name in ("person", "duty")}
        return filled.get("office_code", ""), ReportIn(**names, **known, code=code)
    except ValidationError as error:
        raise Invalid(errors=faults(error.errors())) from None
    except ValueError:
        raise Invalid(Message("lon and lat are degrees")) from None
