"""Every action done again: a second time, at the same time, on an old version, under one key."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from httpx import Response

from tests.aids import given, stages
from tests.aids.given import People
from tests.aids.standing import Standing
from tests.conftest import StillClock
from tests.tickets.acts.test_every_act import KINDS, UNCHANGING, Stage, Walk

DONE: dict[str, tuple[str, str]] = {
    # an action, where it may be done, and by whom
    "answer": ("received", "operator"),
    "transfer": ("received", "operator"),
    "hand-on": ("in_progress", "operator"),
    "decline": ("to_dispatch", "operator"),
    "ask": ("to_dispatch", "operator"),
    "add": ("need_info", "operator"),
    "dispatch": ("to_dispatch", "dispatcher"),
    "return": ("queued", "district"),
    "correct": ("in_progress", "operator"),
    "read": ("dispatched", "chief"),
    "acknowledge": ("dispatched", "handler"),
    "contact": ("acknowledged", "handler"),
    "relay": ("relay asked", "operator"),
    "object": ("dispatched", "handler"),
    "rule-objection": ("objected", "dispatcher"),
    "conclude": ("consulting", "panel"),
    "note": ("in_progress", "handler"),
    "request-extension": ("in_progress", "handler"),
    "decide-extension": ("extension asked", "district"),
    "request-hold": ("in_progress", "handler"),
    "decide-hold": ("hold passed on", "supervisor"),
    "resume": ("on_hold", "supervisor"),
    "reply": ("in_progress", "handler"),
    "review": ("replied", "district"),
    "urge": ("in_progress", "operator"),
    "supervise": ("in_progress", "supervisor"),
    "advise": ("in_progress", "chief"),
    "answer-advice": ("advised", "district"),
    "feed-back": ("helped", "joint office"),
    "grade": ("in_progress", "operator"),
    "withdraw": ("in_progress", "operator"),
    "void": ("dispatched", "supervisor"),
    "merge": ("in_progress", "dispatcher"),
    "unmerge": ("merged", "supervisor"),
    "callbacks": ("awaiting_callback", "callback"),
    "reveal": ("in_progress", "handler"),
}
AGAIN = {
    **dict.fromkeys(UNCHANGING, 200),
    "add": 200,  # a fact more
    "ask": 200,  # his time runs from the last question
    "contact": 200,  # who was reached may be called again
    "feed-back": 200,  # its newest answer is shown
    "grade": 422,  # it has that urgency
}
"""What answers a second one; 409 where nothing is said: the status, or what was asked, is past."""

ONCE = sorted(DONE.keys() - AGAIN.keys())
KEPT = sorted(DONE.keys() - {"reveal"})  # which takes no key (API)


class Doer:
    """Who does an action on a ticket that stands ready for it, again and again."""

    def __init__(self, people: People, clock: StillClock, action: str) -> None:
        name, self.role = DONE[action]
        self.action, self.stage = action, KINDS[name]
        self.walk = Walk(people, clock, name, given.ticket(people))
        clock.tick(seconds=1)
        self.number = self.stage.build(people, clock)
        self.body = self.walk.words(self.role, action, self.number)
        self.good = 201 if action == "callbacks" else 200

    def __call__(self, **headers: str) -> Response:
        path = f"/tickets/{self.number}/{self.action}"
        return self.walk.person(self.role).post(path, self.body, headers)


Ready = tuple[Doer, Standing, datetime]


@pytest.fixture(scope="module")
def ready() -> dict[str, Ready]:
    """By their action, those who stood ready once."""
    return {}


@pytest.fixture
def doer(
    people: People,
    clock: StillClock,
    clearing: sa.Engine,
    ready: dict[str, Ready],
    action: str,
) -> Doer:
    """Of each action his ticket is brought there once, and its rows are put back."""
    if action not in ready:
        made = Doer(people, clock, action)
        ready[action] = made, Standing(clearing), clock.at
    doer, standing, clock.at = ready[action]
    standing.put_back()
    return doer


def test_every_action_is_done_here_by_someone_who_may(people: People) -> None:
    walked = {action for stage in KINDS.values() for action in stage_actions(stage)}
    assert walked == DONE.keys()
    for action, (name, role) in DONE.items():
        assert KINDS[name].may(role, action), action


def stage_actions(stage: Stage) -> set[str]:
    roles = {role for _, role in DONE.values()}
    return {action for action in DONE for role in roles if stage.may(role, action)}


@pytest.mark.parametrize("action", sorted(DONE))
def test_done_a_second_time_it_is_refused_or_is_one_step_more(
    people: People, app: FastAPI, doer: Doer, action: str
) -> None:
    first = doer()
    assert first.status_code == doer.good, first.text
    before, version = given.record(app), stages.seen(people, doer.number)["version"]

    again = doer()

    assert again.status_code == AGAIN.get(action, 409), again.text
    if again.status_code == 200:
        assert stages.seen(people, doer.number)["version"] == version + 1
    else:
        assert given.record(app) == before
    if again.status_code == 409:
        assert again.json()["status_now"] == stages.status(people, doer.number)


@pytest.mark.parametrize("action", ONCE)
def test_of_six_at_once_one_is_done(people: People, doer: Doer) -> None:
    before = len(stages.events(people, doer.number))

    answers = stages.at_once([doer] * 6)

    assert answers == [doer.good] + [409] * 5
    assert len(stages.events(people, doer.number)) == before + 1


@pytest.mark.parametrize("action", sorted(DONE))
def test_on_an_old_version_nothing_is_done_and_on_this_one_it_is(
    people: People, app: FastAPI, doer: Doer
) -> None:
    version = stages.seen(people, doer.number)["version"]
    before = given.record(app)

    stale = doer(**{"If-Match": f'"{version - 1}"'})

    assert stale.status_code == 412, stale.text
    assert given.record(app) == before
    fresh = doer(**{"If-Match": f'"{version}"'})
    assert fresh.status_code == doer.good, fresh.text


@pytest.mark.parametrize("action", KEPT)
def test_under_one_key_it_has_one_effect(people: People, doer: Doer) -> None:
    key = {"Idempotency-Key": "once"}

    first = doer(**key)
    version = stages.seen(people, doer.number)["version"]
    again = doer(**key)

    assert first.status_code == doer.good, first.text
    if again.status_code != 404:  # it left the sight of who did it
        assert (again.status_code, again.headers["idempotency-replayed"]) == (
            first.status_code,
            "true",
        )
    assert stages.seen(people, doer.number)["version"] == version
