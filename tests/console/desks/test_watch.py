"""What must never be in a window is noticed there: or no test of a screen could fail by it."""

import pytest
from playwright.sync_api import Page

from tests.console.browsing.browser import Screens, grave

MOST_LOOKS = 1_000
FAULTS = {
    "another host": "location.href = 'http://elsewhere.example/'",
    "console: ": "document.body.append(Object.assign(new Image(), {src: 'http://a.example/'}))",
    "script: ": "setTimeout(() => { throw new Error('a fault') })",
    "404: ": "document.body.append(Object.assign(new Image(), {src: '/docs/none.png'}))",
}


@pytest.fixture
def page(screens: Screens) -> Page:
    page = screens.window()
    page.goto("/docs/start.js")
    return page


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_noticed(screens: Screens, page: Page, kind: str) -> None:
    page.evaluate(FAULTS[kind])
    for _ in range(MOST_LOOKS):
        if not screens.faults:
            page.wait_for_timeout(50)

    assert any(fault.startswith(kind) for fault in screens.faults), screens.faults
    screens.faults.clear()


def test_what_nobody_can_read_is_noticed(screens: Screens, page: Page) -> None:
    page.evaluate(
        "const image = new Image(); image.src = 'data:,'; document.body.replaceChildren(image)"
    )

    assert any(fault.startswith("image-alt") for fault in grave(page))
    screens.faults.clear()
