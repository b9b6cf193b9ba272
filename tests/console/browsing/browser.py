"""People at their screens, in Debian's Chromium: what they click and type, and what must never be:
another host asked, a fault in a script, or anything that the page's own policy forbids."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from app.console.visit import PREFIX
from tests.aids.given import Person
from tests.console.visitor import Visitor

NAMES = (
    "chromium-headless-shell",
    *("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
)
MISSING = "a browser is needed: `make browser`, or install Debian's package by hand"
FLAGS = [
    "--no-sandbox",  # as root there is none
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--js-flags=--no-maglev --no-turbofan",  # most pages are gone before it pays
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PATIENCE_MS = 60_000  # of a busy machine
AXE = Path(__file__).parents[1] / "vendor/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ["serious", "critical"]
AXE_PATH = "/axe.min.js"
"""Where the tests' service has it: a page takes it from there once and keeps it, and a debugger
would send and read half a megabyte for each page."""
LOAD = """path => document.querySelector("script[src]") && new Promise((done, fail) => {
  const script = document.createElement("script");
  script.onload = () => { script.remove(); done(true); };
  script.onerror = fail;
  script.src = path;
  document.head.append(script);
})"""
AUDIT = """([tags, grave]) => axe.run(document, {
  runOnly: tags,
  resultTypes: ["violations"],
  rules: Object.fromEntries(
    axe._audit.rules
      .filter(rule => rule.impact && !grave.includes(rule.impact))
      .map(rule => [rule.id, {enabled: false}])
  ),
})"""
"""All that is found by a rule has the impact of the rule; those of which none is grave are left."""
WIDE = {"width": 1280, "height": 800}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
REFUSED = "Failed to load resource: the server responded with a status of 4"
"""Chromium's own line about a page that tells of a refusal: pages may, files may not."""
LEFT = ("htmx:afterRequest", "htmx:sendAbort")
"""htmx's lines about a page that was left before its part came. A broken line and a late answer
have the first, too, and beside it one of their own (`sendError`, `timeout`), which is heard."""
PAGES = {"document", "xhr", "fetch"}
SHOTS = "JIESU_TEST_SCREENSHOTS"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Fails where there is none: the tests of the screens are never left out."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, MISSING
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class Screens:
    """The browsers' windows of one test, and all that went wrong in them."""

    def __init__(self, browser: Browser, address: str, api: FastAPI) -> None:
        self.browser = browser
        self.address = address
        self.api = api
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []

    def window(self, *, phone: bool = False, language: str = "zh-CN", scripts: bool = True) -> Page:
        """An empty page of somebody who has not signed in."""
        context = self.browser.new_context(
            base_url=self.address,
            locale=language,
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            reduced_motion="reduce",
            service_workers="block",
            **(PHONE if phone else {"viewport": WIDE}),
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self.check_host)
        context.on("response", self.check_answer)
        self.contexts.append(context)
        return context.new_page()

    def open(self, person: Person, path: str = "/console/", **window: Any) -> Page:
        """A person's page, after he signed in."""
        page = self.window(**window)
        self.enter(page, person)
        page.goto(path)
        return page

    def enter(self, page: Page, person: Person) -> None:
        """The window is this person's from now on, whoever was there before. He signed in
        elsewhere: how that is done in a browser is a test of its own."""
        cookies = Visitor(person.client).signs_in(person).cookies
        page.context.clear_cookies()
        page.context.add_cookies(
            [
                {"name": name, "value": value, "domain": "127.0.0.1", "path": PREFIX}
                for name, value in cookies.items()
            ]
        )

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith((REFUSED, *LEFT)):
            self.faults.append(f"console: {message.text}")

    def check_host(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in {"http", "https", "ws", "wss"} and asked.netloc != self.host:
            self.faults.append(f"another host: {request.url}")

    def check_answer(self, answer: Response) -> None:
        is_file = answer.request.resource_type not in PAGES
        if answer.status >= 500 or (answer.status >= 400 and is_file):
            self.faults.append(f"{answer.status}: {answer.url}")

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def chord(page: Page, keys: str) -> None:
    """Keys for a page that is there: what is pressed before its scripts are is lost."""
    page.wait_for_load_state("domcontentloaded")
    page.keyboard.press(keys)


def grave(page: Page) -> list[str]:
    """What axe finds serious or critical on a page, with where it is."""
    load_axe(page)
    report = page.evaluate(AUDIT, [RULES, GRAVE])
    return [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes']][:5]}"
        for fault in report["violations"]
        if fault["impact"] in GRAVE
    ]


def load_axe(page: Page) -> None:
    """A page that takes no script from the service may not, and gets axe from the debugger."""
    if not page.evaluate(LOAD, AXE_PATH):
        page.evaluate(AXE.read_text(encoding="utf-8") + ";0")  # its value is not sent back


def shoot(page: Page, name: str, *, whole: bool = True) -> None:
    """A picture of a page, or of what a window shows of it, for the documents, where the run was
    asked for pictures."""
    folder = os.environ.get(SHOTS)
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)


def pictured() -> bool:
    """Whether the run was asked for pictures."""
    return SHOTS in os.environ
