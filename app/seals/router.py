"""Seals over HTTP: sealing a period, verifying its seal, and what was recorded after it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends

from app.access.gate import Anyone, allow
from app.access.roles import Caller, Role
from app.city import AtCity
from app.kit.clock import AtClock
from app.kit.db import Writing
from app.kit.web.compress import PackedRoute
from app.kit.web.idempotency import OneEffect
from app.rankings import published, service
from app.rankings.http import Looking
from app.rankings.models import Seal
from app.seals import adjustments, verification
from app.seals import service as seals
from app.seals.schemas import AdjustmentsView, SealView, VerifyView

router = APIRouter(prefix="/v1", tags=["rankings"], route_class=PackedRoute)

Evaluator = Annotated[Caller, Depends(allow({Role.EVALUATOR}))]
Verifier = Annotated[Caller, Depends(allow({Role.EVALUATOR, Role.AUDITOR}))]


@router.get("/rankings/{period}/adjustments")
def read_adjustments(caller: Anyone, period: str, look: Looking) -> AdjustmentsView:
    """What was recorded about sealed periods while this one ran: shown here, never there."""
    return adjustments.adjustments(look, period)


@router.get("/rankings/{period}/seal", response_model=SealView)
def read_seal(caller: Anyone, period: str, look: Looking) -> Seal:
    """What was sealed, when, by whom, and the hashes."""
    return published.get(look.session, look.period(period).name)


@dataclass
class Sealing:
    session: Writing
    city: AtCity
    once: OneEffect
    clock: AtClock


@router.post("/rankings/{period}/seal", response_model=SealView, status_code=201)
def seal_period(caller: Evaluator, period: str, sealing: Annotated[Sealing, Depends()]) -> Seal:
    """Close a period for good, some days after its end."""
    session, clock = sealing.session, sealing.clock
    named = service.known(session, sealing.city.periods, period, clock())
    name = sealing.once(lambda: seals.seal(session, named, caller.id, clock).period, 201)
    return published.get(session, name)


@router.post("/rankings/{period}/verify")
def verify_period(caller: Verifier, period: str, look: Looking) -> VerifyView:
    """The seal against the record as it stands now."""
    return verification.verify(look.session, look.city, look.period(period))
