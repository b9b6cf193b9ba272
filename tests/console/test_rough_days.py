"""Screens on a bad day: no scripts, a session that ends while one types, the way back, a slow line
and one that breaks, and a desk without a mouse."""

import re

import sqlalchemy as sa
from fastapi import FastAPI
from playwright.sync_api import FilePayload, Page, expect

from tests import given, stages
from tests.conftest import StillClock
from tests.console.browser import Screens
from tests.console.test_street_screens import MARKET, press_to
from tests.given import WANGJING, People
from tests.whistles import blown

KILOBYTES = 1024
SLOW = {
    "offline": False,
    "latency": 50,
    "downloadThroughput": -1,
    "uploadThroughput": 500 * KILOBYTES,
}


def picture(page: Page) -> bytes:
    """A photo of nearly 10 MB: what follows its end no reader looks at."""
    return page.screenshot(type="jpeg") + bytes(9_500 * KILOBYTES)


def test_desks_without_scripts(people: People, screens: Screens, clock: StillClock) -> None:
    number = stages.to_dispatch(people, clock)
    desk = screens.open(people.dispatcher, f"/console/dispatch/{number}", scripts=False)
    desk.locator("button[name=office_code]").first.click()
    expect(desk.locator(".notice")).to_contain_text("派单")

    number = stages.replied(people, clock)
    desk = screens.open(people.district(), f"/console/decisions/{number}", scripts=False)
    desk.locator("button[name=approve][value=yes]").click()
    expect(desk.locator(".notice")).to_contain_text("审核反馈")

    desk = screens.open(people.callback, f"/console/callbacks/{number}", scripts=False)
    expect(desk.locator("a.call")).to_be_visible()
    for name, value in {"reach": "reached", **given.CONTENT}.items():
        desk.locator(f"[name={name}][value={value}]").check()
    desk.locator("form[action$='/record'] button").click()
    expect(desk.locator(".notice")).to_be_visible()

    whistle = blown.blow(people)["number"]
    market = people("handler", MARKET)
    desk = screens.open(market, f"/console/whistles/{whistle}", scripts=False)
    desk.locator("form[action$='/accept'] button").click()
    expect(desk.locator(".notice")).to_contain_text("接哨")


def test_a_session_that_ends_while_one_types_loses_nothing(
    people: People, screens: Screens, app: FastAPI
) -> None:
    desk = screens.open(people.operator, "/console/call")
    desk.locator("#content").fill("工地夜里十一点")
    with app.state.engine.begin() as connection:
        connection.execute(sa.text("UPDATE console_session SET idle_until = now()"))
    screens.api.state.gate.seen.clear()
    desk.locator("#address").press_sequentially("望京西园三区")
    desk.wait_for_url("**/sign-in?after=**")
    desk.locator("[name=key]").fill(people.operator.key)
    desk.keyboard.press("Enter")
    expect(desk.locator("#content")).to_have_value("工地夜里十一点")
    expect(desk.locator("#address")).to_have_value("望京西园三区")


def test_the_way_back_shows_what_is_true_now(people: People, screens: Screens) -> None:
    number = given.ticket(people)
    street = screens.open(people.street(), f"/console/tickets/{number}", phone=True)
    street.locator("form[action$='/acknowledge'] button").tap()
    expect(street.locator(".notice")).to_be_visible()
    street.go_back()
    expect(street.locator(".badge.status")).to_have_text("已签收")
    expect(street.locator("form[action$='/acknowledge']")).to_have_count(0)


def test_a_photo_on_a_slow_line_and_on_a_broken_one(people: People, screens: Screens) -> None:
    number = stages.working(people)
    street = screens.open(people.street(), f"/console/tickets/{number}", phone=True)
    form = street.locator("form[action$='/note']")
    form.locator("xpath=..").locator("summary").tap()
    form.locator("textarea").fill("已到现场")
    photo = FilePayload(name="现场.jpg", mimeType="image/jpeg", buffer=picture(street))
    form.locator("#photos").set_input_files(photo)
    street.context.set_offline(True)
    form.locator("button.primary").tap()
    expect(form.locator("[data-lost]")).to_be_visible()
    expect(form.locator("textarea")).to_have_value("已到现场")
    street.context.set_offline(False)
    screens.faults[:] = [fault for fault in screens.faults if "net::ERR" not in fault]

    line = street.context.new_cdp_session(street)
    line.send("Network.emulateNetworkConditions", SLOW)
    form.locator("button.primary").tap()
    bar = form.locator("progress")
    expect(bar).to_have_attribute("value", re.compile("[1-9]"))
    form.get_by_role("button", name="停止上传").tap()
    expect(bar).to_be_hidden()
    expect(form.locator("textarea")).to_have_value("已到现场")
    assert people.street().get(f"/tickets/{number}/attachments").json() == []

    line.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": 9_500 * KILOBYTES})
    form.locator("button.primary").tap()
    expect(bar).to_have_attribute("value", re.compile("[1-9]"))
    expect(street.locator(".photos img")).to_have_count(1)
    events = people.street().get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in events][-2:] == ["attach", "note"]


def test_a_panel_concludes_by_keys_alone(
    people: People, screens: Screens, clock: StillClock
) -> None:
    number = stages.consulting(people, clock)
    desk = screens.open(people("panel"), "/console/inbox")
    press_to(desk, f"a[href*='{number}']")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/decisions/{number}**")
    press_to(desk, "[name=lead_office_code]")
    desk.keyboard.type("望京街道")
    press_to(desk, "[name=text]")
    desk.keyboard.type("由望京街道主办。")
    press_to(desk, "form[action$='/conclude'] button")
    desk.keyboard.press("Enter")
    expect(desk.locator(".notice")).to_be_visible()
    office = people.supervisor.get(f"/tickets/{number}").json()["office"]
    assert office["code"] == WANGJING
