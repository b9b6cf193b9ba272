"""Scripts and endless words in titles, names and texts: on a telephone no page runs one, none is
wider than the screen, with letters twice as large neither, and axe finds nothing serious on any."""

import re
from typing import Any

from fastapi import FastAPI
from playwright.sync_api import Page

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.conftest import StillClock
from tests.console.browsing import hostile
from tests.console.browsing.browser import PHONE, Screens, grave
from tests.console.test_odd_questions import addresses
from tests.console.visitor import Visitor
from tests.whistles.blown import MARKET

PERIOD, MONTH = "{period}", "2026-10"
BOARD = ("charts", "compare", "trial", "adjustments")
PAGES = {
    "operator": ("/call", "/batch", "/search?q=WWW&status=open", "/tickets/{working}"),
    "dispatcher": ("/inbox", "/dispatch/{to_dispatch}", "/merges", "/decisions/{objected}"),
    "callback": ("/callbacks", "/callbacks/{awaiting}"),
    "handler": ("/inbox", "/inbox/day", "/tickets/{called}", "/centre"),
    "chief": (
        *("/tickets/{working}", "/whistles", "/whistles/new?ticket={working}"),
        *("/whistles/{whistle}", "/whistles/{whistle}/campaign", "/whistles/{whistle}/order"),
        *("/marks", f"/marks/{PERIOD}/units"),
    ),
    "department": ("/inbox", "/whistles/{whistle}", f"/marks/{PERIOD}"),
    "district": ("/decisions/{replied}", "/decisions/{on_hold}", f"/centre/{WANGJING}"),
    "supervisor": (
        *("/wall", "/registers/asked", "/registers/holds", "/registers/whistles"),
        *("/oversight/telephones", "/oversight/memory?text=望京", "/performance"),
    ),
    "panel": ("/inbox", "/decisions/{objected}"),
    "evaluator": (
        *("/registers/exclusions", "/decisions/{called}?kind=exclusion"),
        *(f"/performance/{PERIOD}", f"/performance/{PERIOD}/of/{MARKET}"),
        *(f"/board?period={MONTH}", f"/board/offices/{WANGJING}?period={MONTH}"),
        f"/board/offices/{WANGJING}/tickets?period={MONTH}&counts=denominator",
    ),
    "auditor": ("/oversight/exports", f"/centre?district_code={CHAOYANG}", "/tickets/{called}"),
    "analyst": tuple(f"/board/{name}?period={MONTH}" for name in BOARD),
    "admin": (
        *("/welcome", "/admin/keys", "/admin/sessions", "/admin/rules", "/admin/data"),
        *("/admin/health", "/admin/exports", "/admin/imports"),
    ),
}
SEEN_BY_AXE = {
    *("/call", "/inbox", "/dispatch/{to_dispatch}", "/callbacks/{awaiting}", "/wall"),
    *("/tickets/{working}", "/decisions/{replied}", "/registers/asked", "/whistles/{whistle}"),
    *(f"/board?period={MONTH}", f"/board/charts?period={MONTH}", f"/board/trial?period={MONTH}"),
}
"""With what people write elsewhere, in the desks' own tests."""
NO_PAGES = {
    *("/", "/sign-in", "/admin", "/oversight", "/registers"),
    *("/offices", "/categories", "/call/at-place", "/call/caller", "/call/place", "/call/words"),
    *("/tickets/{number}/since", "/whistles/proposal", "/tickets/{number}/files/{file}"),
    "/batch/template",
    *(
        "/board/files/{period}",
        "/board/bulletins/{kind}/{name}",
        "/performance/file",
        "/board/files/{period}/facts",
    ),
}
"""Ways to a page, parts of one, files."""


WIDTH_AT = """size => {
  const root = document.documentElement;
  root.style.fontSize = size;
  const width = root.scrollWidth;
  root.style.fontSize = "";
  return width;
}"""


def names(people: People, clock: StillClock) -> dict[str, str]:
    made = hostile.tickets(people, clock)
    made["whistle"] = hostile.whistle(people, made["working"])
    hostile.roster(people)
    made["period"] = people("chief", WANGJING).get("/evaluations").json()[-1]["name"]
    return made


def pattern(path: str) -> str:
    return re.sub(r"\\{[^}]*\\}", "[^/?]+", re.escape(path)) + r"(\?.*)?"


def test_every_page_is_walked(app: FastAPI) -> None:
    walked = [path for paths in PAGES.values() for path in paths]
    for path in set(addresses(app)) - NO_PAGES:
        assert any(re.fullmatch(pattern(path), page) for page in walked), path


def faults(page: Page, path: str) -> list[Any]:
    answer = page.goto(f"/console{path}")
    seen: list[Any] = [] if answer and answer.status == 200 else [answer and answer.status]
    for size in ("100%", "200%"):
        width = page.evaluate(WIDTH_AT, size)
        if width > PHONE["viewport"]["width"]:
            seen.append(f"{width} pixels wide with letters of {size}")
    return seen


def test_no_page_runs_or_widens_by_what_people_write(
    people: People, screens: Screens, clock: StillClock
) -> None:
    staff, wrong = hostile.staff(people), {}
    known = names(people, clock)
    page = screens.window(phone=True)
    page.on("dialog", lambda dialog: screens.faults.append(f"dialog: {dialog.message}"))
    for role, paths in PAGES.items():
        screens.enter(page, staff[role])
        for path in paths:
            bad = faults(page, path.format(**known))
            bad += [] if path in SEEN_BY_AXE else grave(page)
            if bad:
                wrong[role, path] = bad
    assert not wrong, "\n".join(f"{place}: {bad}" for place, bad in wrong.items())


def test_the_walker_hears_a_script(people: People) -> None:
    """What the walk looks for is on the pages: as text."""
    staff = hostile.staff(people)
    page = Visitor(people.client).signs_in(staff["admin"]).get("/admin/keys")
    assert "&lt;script&gt;alert(1)" in page.text
