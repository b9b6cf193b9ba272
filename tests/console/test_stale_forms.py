"""Another acted first: each form of each page says what changed, and keeps what was typed."""

from collections.abc import Callable

import pytest

from tests.aids import stages
from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.console.browsing.filling import WORDS, Filled
from tests.console.desks.test_roster import WANG
from tests.console.desks.test_whistles import MARKET
from tests.console.visitor import Visitor, alert
from tests.whistles import blown
from tests.whistles.campaigns import day, organised

Who = tuple[str, str | None]
UNSTALE = ("/reveal", "/let-go", "/codes")
"""What is no act on what the page shows: a look, what one has in hand, a code."""


def stale(people: People, who: Who, path: str, other: Callable[[], object]) -> dict[str, str]:
    """What is wrong with the refusals of a page's forms after another acted: those that were filled
    in well are refused by the version, the others by their faults, and all tell what happened."""
    visitor = Visitor(people.client).signs_in(people(*who))
    forms = Filled(visitor.get(path).text).by_action
    other()
    wrong, refused = {}, set()
    sent = {
        action: fields
        for action, fields in forms.items()
        if "version" in fields and not action.endswith(UNSTALE)
    }
    for action, fields in sent.items():
        answer = visitor.post(action.removeprefix("/console"), fields)
        refused.add(answer.status_code)
        if "data-problem" not in answer.text:
            wrong[action] = f"{answer.status_code} shows no form"
        elif WORDS in fields.values() and WORDS not in answer.text:
            wrong[action] = "the words are lost"
        elif "seen" in fields and "在此期间" not in alert(answer.text):
            wrong[action] = f"nobody tells what happened: {alert(answer.text)}"
    assert {412} <= refused <= {403, 412, 422}
    return wrong


@pytest.mark.parametrize(
    ("stage", "who", "page"),
    [
        ("in_progress", ("handler", WANGJING), "tickets"),
        ("dispatched", ("chief", WANGJING), "tickets"),
        ("to_dispatch", ("dispatcher", None), "dispatch"),
        ("replied", ("district", CHAOYANG), "decisions"),
        ("objected_outside", ("dispatcher", None), "decisions"),
        ("consulting", ("panel", None), "decisions"),
        ("on_hold", ("supervisor", None), "decisions"),
        ("need_info", ("operator", None), "tickets"),
    ],
)
def test_forms_on_a_ticket(
    people: People, clock: StillClock, stage: str, who: Who, page: str
) -> None:
    number = getattr(stages, stage)(people, clock)
    wrong = stale(
        people,
        who,
        f"/{page}/{number}",
        lambda: people.callback.does("note", number, text="诉求人来电。"),
    )
    assert not wrong


def test_forms_on_a_whistle(people: People) -> None:
    number = blown.blow(people)["number"]
    accept = f"summonses/{MARKET}/accept"
    wrong = stale(
        people,
        ("chief", WANGJING),
        f"/whistles/{number}",
        lambda: blown.does(people, ("handler", MARKET), number, accept),
    )
    assert not wrong


def test_forms_on_a_campaign(people: People) -> None:
    number = organised(people)
    blown.does(people, ("chief", WANGJING), number, "campaign/log", **day())
    wrong = stale(
        people,
        ("chief", WANGJING),
        f"/whistles/{number}/campaign",
        lambda: blown.does(people, ("handler", MARKET), number, f"summonses/{MARKET}/accept"),
    )
    assert not wrong


def test_forms_on_a_roster(people: People) -> None:
    chief = Visitor(people.client).signs_in(people("chief", WANGJING))
    answer = chief.fills_in(chief.get("/centre"), f"/centre/{WANGJING}/add", **WANG)
    assert answer.status_code == 303
    model = {"model": "1+4+N"}
    wrong = stale(
        people,
        ("chief", WANGJING),
        "/centre",
        lambda: people("chief", WANGJING).put(f"/offices/{WANGJING}/roster", model),
    )
    assert not wrong
