"""Screens on a bad day: no scripts, a session that ends while one types, the way back, a slow line
and one that breaks, and a desk without a mouse."""

import re

import sqlalchemy as sa
from fastapi import FastAPI
from playwright.sync_api import FilePayload, Page, expect

from tests.aids import given, stages
from tests.aids.given import People
from tests.console.browsing.browser import Screens

KILOBYTES = 1024


def picture(page: Page) -> bytes:
    """A photo of nearly 10 MB: what follows its end no reader looks at."""
    return page.screenshot(type="jpeg") + bytes(9_500 * KILOBYTES)


def begins(street: Page, **line: int) -> None:
    """Sends the photo over such a line, and sees how far it is."""
    speed = {"offline": False, "latency": 50, "downloadThroughput": -1, **line}
    street.context.new_cdp_session(street).send("Network.emulateNetworkConditions", speed)
    form = street.locator("form[action$='/note']")
    form.locator("button.primary").tap()
    expect(form.locator("progress")).to_have_attribute("value", re.compile("[1-9]"))


def test_a_session_that_ends_while_one_types_loses_nothing(
    people: People, screens: Screens, app: FastAPI
) -> None:
    desk = screens.open(people.operator, "/console/call")
    with desk.expect_response("**/call/words?*"):
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
    begins(street, uploadThroughput=500 * KILOBYTES)
    form.get_by_role("button", name="停止上传").tap()
    expect(form.locator("progress")).to_be_hidden()
    expect(form.locator("textarea")).to_have_value("已到现场")
    assert people.street().get(f"/tickets/{number}/attachments").json() == []
    begins(street, uploadThroughput=9_500 * KILOBYTES)
    expect(street.locator(".photos img")).to_have_count(1)
    events = people.street().get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in events][-2:] == ["attach", "note"]
