"""A correction after the seal: what is assessed is refused it, what is still open has it on record,
and the sealed month stays what it was."""

from fastapi import FastAPI

from app.seals.audit import service as audit
from tests.aids import given, stages
from tests.aids.given import People
from tests.aids.sealing import LATER, finished, sealed, verified
from tests.conftest import StillClock

MONTH = "2026-11"
CORRECTION = {
    "title": "燃气味",
    "category": "020401",
    "address": {"text": "朝阳区酒仙桥街道"},
    "reason": "听错了",
}


def test_a_sealed_month_stays_what_it_was(people: People, app: FastAPI, clock: StillClock) -> None:
    assessed, waiting = finished(people, clock), given.ticket(people)
    clock.at = LATER
    sealed(people, MONTH)
    ranking = people("evaluator").get(f"/rankings/{MONTH}").content
    clock.tick(hours=1)

    refusal = people.supervisor.post(f"/tickets/{assessed}/correct", CORRECTION)
    corrected = people.supervisor.does("correct", waiting, **CORRECTION)

    assert (refusal.status_code, refusal.json()["type"]) == (409, "/problems/illegal-move")
    assert (corrected["category"], corrected["title"]) == ("020401", "燃气味")
    event_data = next(e["data"] for e in stages.events(people, waiting) if e["action"] == "correct")
    assert (event_data["former_street_code"], event_data["street_code"]) == (
        given.WANGJING,
        "110105011",
    )
    assert people("evaluator").get(f"/rankings/{MONTH}").content == ranking
    proof = verified(people, MONTH)
    assert (proof["same"], proof["recomputed_hash"]) == (True, proof["content_hash"])
    with app.state.sessions() as session:
        assert not list(audit.of_tickets(session, app.state.city, [assessed, waiting]))
