"""Who may do what to a ticket, and when: every status × action × role, by real calls.

The table is written from RULEBOOK D.2 and D.6.2, not from the code; `allowed` must say the same.
"""

import pytest
from fastapi import FastAPI

from tests import given
from tests.given import BODIES, CHAOYANG, STATUSES, WANGJING, People

CAST = {
    "operator": ("operator", None),
    "dispatcher": ("dispatcher", None),
    "callback": ("callback", None),
    "supervisor": ("supervisor", None),
    "panel": ("panel", None),
    "handler": ("handler", WANGJING),
    "chief": ("chief", WANGJING),
    "district": ("district", CHAOYANG),
    "other street": ("handler", "110105001"),
    "other district": ("district", "110108"),
    "evaluator": ("evaluator", None),
    "auditor": ("auditor", None),
    "analyst": ("analyst", None),
    "admin": ("admin", None),
}
OFFICE = "acknowledge contact note reply reveal"
BY_ROLE = {
    "operator": "answer transfer decline ask add note withdraw reveal",
    "dispatcher": "dispatch note",
    "callback": "note callbacks reveal",
    "supervisor": "decline note review void reveal",
    "panel": "note",
    "handler": OFFICE,
    "other street": OFFICE,
    "chief": f"{OFFICE} read",
    "district": "dispatch note review",
    "other district": "dispatch note review",
}
"""What a role may ever do (403 for anything else); who is not named may only look, or nothing."""

MAY = {
    "received": {
        "operator": "answer transfer decline ask note withdraw reveal",
        "dispatcher": "dispatch note",
        "callback": "note reveal",
        "supervisor": "decline note void reveal",
        "panel": "note",
        "district": "note",
    },
    "need_info": {
        "operator": "add note withdraw reveal",
        "dispatcher": "note",
        "callback": "note reveal",
        "supervisor": "note reveal",
        "panel": "note",
    },
    "to_dispatch": {
        "operator": "decline ask note withdraw reveal",
        "dispatcher": "dispatch note",
        "callback": "note reveal",
        "supervisor": "decline note void reveal",
        "panel": "note",
        "district": "dispatch note",
    },
    "dispatched": {
        "operator": "note withdraw reveal",
        "dispatcher": "dispatch note",
        "callback": "note reveal",
        "supervisor": "note void reveal",
        "panel": "note",
        "handler": "acknowledge note reveal",
        "chief": "acknowledge note reveal read",
        "district": "dispatch note",
    },
    "acknowledged": {
        "operator": "note withdraw reveal",
        "dispatcher": "dispatch note",
        "callback": "note reveal",
        "supervisor": "note reveal",
        "panel": "note",
        "handler": "contact note reveal",
        "chief": "contact note reveal read",
        "district": "dispatch note",
    },
    "in_progress": {
        "operator": "note withdraw reveal",
        "dispatcher": "note",
        "callback": "note reveal",
        "supervisor": "note reveal",
        "panel": "note",
        "handler": "contact note reply reveal",
        "chief": "contact note reply reveal read",
        "district": "note",
    },
    "replied": {
        "operator": "note withdraw reveal",
        "dispatcher": "note",
        "callback": "note reveal",
        "supervisor": "note review reveal",
        "panel": "note",
        "handler": "note reveal",
        "chief": "note reveal read",
        "district": "note review",
    },
    "awaiting_callback": {
        "operator": "note reveal",
        "dispatcher": "note",
        "callback": "note callbacks reveal",
        "supervisor": "note reveal",
        "panel": "note",
        "handler": "note reveal",
        "chief": "note reveal read",
        "district": "note",
    },
    "doubted": {
        "operator": "note reveal",
        "dispatcher": "note",
        "callback": "note reveal",
        "supervisor": "note review reveal",
        "panel": "note",
        "handler": "note reveal",
        "chief": "note reveal read",
        "district": "note",
    },
    "rework": {
        "operator": "note withdraw reveal",
        "dispatcher": "note",
        "callback": "note reveal",
        "supervisor": "note reveal",
        "panel": "note",
        "handler": "contact note reply reveal",
        "chief": "contact note reply reveal read",
        "district": "note",
    },
    **{
        ended: {"operator": "reveal", "callback": "reveal", "supervisor": "reveal"}
        for ended in ("closed", "answered", "transferred", "not_accepted", "withdrawn", "void")
    },
}
STAYING = {"note", "read", "reveal"}
AFTER = {
    ("in_progress", "contact"): "in_progress",
    ("rework", "contact"): "rework",
    ("awaiting_callback", "review"): "closed",
}
"""What becomes of a ticket, where the action alone does not say it."""

BECOMES = {
    "answer": "answered",
    "transfer": "transferred",
    "decline": "not_accepted",
    "ask": "need_info",
    "add": "dispatched",
    "dispatch": "dispatched",
    "acknowledge": "acknowledged",
    "contact": "in_progress",
    "reply": "replied",
    "review": "awaiting_callback",
    "callbacks": "closed",
    "withdraw": "withdrawn",
    "void": "void",
}
SEES_ALL = {"operator", "dispatcher", "callback", "supervisor", "panel", "evaluator", "auditor"}
NEVER_IN_AN_OFFICE = {
    "received",
    "need_info",
    "to_dispatch",
    "answered",
    "transferred",
    "not_accepted",
}


def sees(who: str, status: str) -> bool:
    if who in ("handler", "chief"):
        return status not in NEVER_IN_AN_OFFICE
    return who in SEES_ALL or (who == "district" and status != "need_info")


def refusal(who: str, status: str, action: str) -> int:
    """403 (role) goes before 404 (scope) goes before 409 (state)."""
    if action not in BY_ROLE.get(who, "").split():
        return 403
    return 409 if sees(who, status) else 404


@pytest.mark.parametrize("status", STATUSES)
def test_who_may_not_is_refused_and_nothing_changes(
    people: People, app: FastAPI, status: str
) -> None:
    number = given.stands(people, status)
    before = given.record(app)

    for who, ever in BY_ROLE.items():
        for action in set(ever.split()) - set(MAY[status].get(who, "").split()):
            answer = person(people, who).post(f"/tickets/{number}/{action}", BODIES[action])

            expected = refusal(who, status, action)
            assert answer.status_code == expected, (who, action, answer.text)
            if expected == 409:
                problem = answer.json()
                assert problem["status_now"] == status.replace("doubted", "awaiting_callback")
                assert set(problem["allowed"]) == allowed(status, who), (who, action)

    assert given.record(app) == before


@pytest.mark.parametrize("status", STATUSES)
def test_who_may_does_it_and_one_step_is_recorded(people: People, status: str) -> None:
    unmoved = given.stands(people, status)

    for who, actions in MAY[status].items():
        for action in actions.split():
            number = unmoved if action in STAYING else given.stands(people, status)
            does(people, number, who, action)


def does(people: People, number: str, who: str, action: str) -> None:
    before = people.operator.get(f"/tickets/{number}").json()

    answer = person(people, who).post(f"/tickets/{number}/{action}", BODIES[action])

    assert answer.status_code == (201 if action == "callbacks" else 200), answer.text
    after = people.operator.get(f"/tickets/{number}").json()
    steps = 2 if action == "add" else 1  # T5, and then T6
    assert after["status"] == becomes(before["status"], action), (who, action)
    assert after["version"] == before["version"] + steps
    assert len(people.operator.get(f"/tickets/{number}/events").json()) == after["version"]


def becomes(status: str, action: str) -> str:
    return status if action in STAYING else AFTER.get((status, action)) or BECOMES[action]


@pytest.mark.parametrize("status", STATUSES)
def test_a_ticket_names_what_its_reader_may_do(people: People, status: str) -> None:
    number = given.stands(people, status)

    for who in CAST:
        answer = person(people, who).get(f"/tickets/{number}")

        if who in ("analyst", "admin"):
            assert answer.status_code == 403
        elif not sees(who, status):
            assert answer.status_code == 404
        else:
            assert set(answer.json()["allowed"]) == allowed(status, who), who


def test_a_role_without_a_part_is_refused_before_it_learns_what_exists(people: People) -> None:
    for number in (given.ticket(people), "BJ202610209999999"):
        for who in CAST:
            for action in set(BODIES) - set(BY_ROLE.get(who, "").split()):
                answer = person(people, who).post(f"/tickets/{number}/{action}", {"no": "form"})
                assert answer.status_code == 403, (who, action)


def allowed(status: str, who: str) -> set[str]:
    """As TicketView names them: the callback's recording is the action `callback`."""
    return set(MAY[status].get(who, "").replace("callbacks", "callback").split())


def person(people: People, who: str) -> given.Person:
    return people.admin if who == "admin" else people(*CAST[who])
