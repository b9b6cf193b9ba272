"""Each desk's main job, from its page to what says that it is done: by keyboard alone, and by
clicks without scripts."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.aids import given, stages
from tests.aids.given import WANGJING, People, Person
from tests.conftest import StillClock
from tests.console.browsing.browser import Screens, pictured, shoot
from tests.whistles import blown, campaigns

MARKET = "110105-market"
PERIOD = "2026-11"
MOST_TABS = 80
DONE = ".notice[role=status]"


class Step(NamedTuple):
    """A press, or with a `value` a text to write or a choice to make."""

    selector: str
    value: str = ""


class Job(NamedTuple):
    person: Person
    path: str
    steps: Sequence[Step]
    done: str = DONE


def call(people: People, clock: StillClock) -> Job:
    steps = [
        Step("#content", "路灯不亮"),
        Step("#address", "朝阳区望京街道望京西园三区"),
        Step("button[value=accept]"),
    ]
    return Job(people.operator, "/call", steps, ".aloud")


def dispatch(people: People, clock: StillClock) -> Job:
    number = stages.to_dispatch(people, clock)
    return Job(people.dispatcher, f"/dispatch/{number}", [Step("button[name=office_code]")])


def acknowledge(people: People, clock: StillClock) -> Job:
    number = given.ticket(people)
    return Job(people.street(), "/inbox", [Step(f"#acknowledge-{number}")])


def reply(people: People, clock: StillClock) -> Job:
    steps = [
        Step("details:has([action$='/reply']) > summary"),
        Step("#reply-text", "电梯已恢复运行。"),
        Step("#reply-citizen_feedback-method", "call"),
        Step("form[action$='/reply'] button"),
    ]
    return Job(people.street(), f"/tickets/{stages.working(people)}", steps)


def blow(people: People, clock: StillClock) -> Job:
    steps = [
        Step("[name=why]", "街道无市场监管处罚权。"),
        Step("[name^=office_code-][list]", "朝阳区市场监管局"),
        Step("fieldset:has([list=offices]) textarea", "查处无照经营"),
        Step("button.primary"),
    ]
    number = stages.working(people)
    return Job(people("chief", WANGJING), f"/whistles/new?ticket={number}", steps)


def accept(people: People, clock: StillClock) -> Job:
    path = f"/whistles/{blown.blow(people)['number']}"
    return Job(people("handler", MARKET), path, [Step("form[action$='/accept'] button")])


def review(people: People, clock: StillClock) -> Job:
    path = f"/decisions/{stages.replied(people, clock)}"
    return Job(people.district(), path, [Step("[name=approve][value=yes]")])


def record(people: People, clock: StillClock) -> Job:
    answers = [Step(f"[name={name}]", value) for name, value in given.CONTENT.items()]
    path = f"/callbacks/{stages.awaiting(people, clock)}"
    return Job(people.callback, path, [*answers, Step("form[action$='/record'] button")])


def conclude(people: People, clock: StillClock) -> Job:
    steps = [
        Step("[name=lead_office_code]", "望京街道"),
        Step("[name=text]", "由望京街道主办。"),
        Step("form[action$='/conclude'] button"),
    ]
    return Job(people("panel"), f"/decisions/{stages.consulting(people, clock)}", steps)


def hold(people: People, clock: StillClock) -> Job:
    number = stages.working(people)
    people.street().does("request-hold", number, **stages.hold(clock))
    people.district().does("decide-hold", number, approve=True, text="同意。")
    form = "form[action$='/decide-hold']"
    steps = [Step(f"{form} [name=text]", "已书面告知。"), Step(f"{form} [value=yes]")]
    return Job(people.supervisor, f"/decisions/{number}", steps)


def exclude(people: People, clock: StillClock) -> Job:
    number = given.ticket(people)
    given.awaiting(people, number)
    stages.called(people, number, **given.DISCONTENT)
    asked = {"code": "X2", "text": "超出政策。"}
    for person, path, body in (
        (people.street(), "", asked),
        (people.district(), "/review", {"approve": True, "text": "同意。"}),
    ):
        answer = person.post(f"/tickets/{number}/exclusion{path}", body)
        assert answer.is_success, answer.text
    path = f"/decisions/{number}?kind=exclusion"
    return Job(people("evaluator"), path, [Step("[name=approve][value=yes]")])


def make_key(people: People, clock: StillClock) -> Job:
    form = "form[action$='/admin/keys']:not([role])"
    steps = [
        Step("summary"),
        Step(f"{form} [name=label]", "值班"),
        Step(f"{form} [name=role]", "operator"),
        Step(f"{form} button"),
    ]
    return Job(people.admin, "/admin/keys", steps, "#made")


def try_weights(people: People, clock: StillClock) -> Job:
    steps = [
        Step("#w-response", "0.40"),
        Step("#w-resolution", "0.25"),
        Step(".trial button"),
    ]
    return Job(people("analyst"), f"/board/trial?period={PERIOD}", steps, "main table")


def verify(people: People, clock: StillClock) -> Job:
    clock.tick(days=40)
    answer = people("evaluator").post(f"/rankings/{PERIOD}/seal", {})
    assert answer.is_success, answer.text
    steps = [Step("form[action*='/verify'] button")]
    return Job(people("auditor"), f"/board?period={PERIOD}", steps)


JOBS: Sequence[Callable[[People, StillClock], Job]] = (
    *(call, dispatch, acknowledge, reply, blow, accept, review, record, conclude, hold, exclude),
    *(make_key, try_weights, verify),
)
"""The last one lets weeks go by."""


def click(page: Page, step: Step) -> None:
    place = page.locator(step.selector).first
    if not step.value:
        place.click()
    elif place.get_attribute("type") == "radio":
        page.locator(f"{step.selector}[value={step.value}]").check()
    elif place.evaluate("element => element.matches('select')"):
        place.select_option(step.value)
    else:
        place.fill(step.value)


def press(page: Page, step: Step) -> None:
    """Nothing but Tab, arrows, Space, Enter and letters."""
    kind = tab_to(page, step.selector)
    if not step.value:
        page.keyboard.press("Enter")
    elif kind in ("radio", "select-one"):
        if kind == "radio":
            page.keyboard.press("Space")
        for _ in range(MOST_TABS):
            if page.evaluate("document.activeElement.value") == step.value:
                return
            page.keyboard.press("ArrowDown")
        raise AssertionError(f"no {step.value} by keys at {step.selector}")
    else:
        page.keyboard.press("Control+a")
        page.keyboard.type(step.value)


def tab_to(page: Page, selector: str) -> str:
    """The kind of the element that has the focus then."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return str(page.evaluate("document.activeElement.type"))
    raise AssertionError(f"no way by keys to {selector}")


@pytest.mark.parametrize(("hand", "scripts"), [(press, True), (click, False)])
def test_every_desk_does_its_main_job(
    people: People,
    screens: Screens,
    clock: StillClock,
    hand: Callable[[Page, Step], None],
    scripts: bool,
) -> None:
    page = screens.window(scripts=scripts)
    for make in JOBS:
        job = make(people, clock)
        screens.enter(page, job.person)
        page.goto(f"/console{job.path}")
        for step in job.steps:
            hand(page, step)
        expect(page.locator(job.done).first, make.__name__).to_be_visible()
    if scripts and pictured():
        picture(people, screens, page)


def picture(people: People, screens: Screens, page: Page) -> None:
    """What no test of its own has in a browser, for the documents."""
    campaign = campaigns.organised(people)
    member = {"name": "王伟", "duty": "治安执法", "phone": "13800000001"}
    new = {"members": [{**member, "office_code": blown.POLICE, "kind": "posted"}]}
    people("chief", WANGJING).post(f"/offices/{WANGJING}/roster/members", new)
    for person, path, name in (
        (people.operator, "/batch", "operator-batch"),
        (people("chief", WANGJING), f"/whistles/{campaign}/campaign", "campaign"),
        (people("chief", WANGJING), "/centre", "roster"),
    ):
        screens.enter(page, person)
        page.goto(f"/console{path}")
        shoot(page, name, whole=False)
