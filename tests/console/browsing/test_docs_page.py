"""`/docs` in a browser: it asks no other host, needs no inline style, and takes a key."""

from tests.aids.given import People
from tests.console.browsing.browser import Screens


def test_a_request_is_tried_out_with_a_key(people: People, screens: Screens) -> None:
    page = screens.window()
    page.goto("/docs")

    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(
        people.operator.headers["Authorization"].removeprefix("Bearer ")
    )
    page.locator(".auth-btn-wrapper button[type=submit]").click()
    page.locator(".auth-btn-wrapper .btn-done").click()
    page.locator("#operations-tag-reference").click()
    page.locator("#operations-reference-list_policies_v1_policies_get").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
