"""A Chinese page has no English word: only codes, numbers, keys of a keyboard, names of files."""

import re
from html.parser import HTMLParser

import pytest

from tests.aids import given, stages
from tests.aids.given import CHAOYANG, WANGJING, People, Person
from tests.conftest import StillClock
from tests.console.visitor import Visitor

CODES = re.compile(
    r"BJ\d+|SH\d+|[0-9a-f]{12,}|sha256:|SHA-256|beijing-2019|\badmin\b|JIESU_\w+|Alt|XLSX|CSV|JSON|PNG|SVG|Excel|MB"
    r"|L[1-4]|12345"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
SPOKEN = ("title", "alt", "placeholder", "aria-label", "data-label")
SILENT = {"script", "style", "kbd"}
EMPTY = {"meta", "link", "input", "img", "br", "hr"}


class Words(HTMLParser):
    """What a person reads or hears of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in EMPTY:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.within:
            while self.within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not SILENT & set(self.within):
            self.texts.append(data)

    @property
    def latin(self) -> set[str]:
        return {word for text in self.texts for word in LATIN.findall(CODES.sub(" ", text))}


PAGES = {
    "operator": ("/call", "/call/words?content=烧烤油烟扰民", "/search?q=噪声", "/tickets/{0}"),
    "dispatcher": ("/inbox", "/dispatch/{1}", "/merges", "/tickets/{0}"),
    "callback": ("/callbacks", "/callbacks/{0}"),
    "supervisor": (
        *("/inbox", "/wall", "/whistles", "/tickets/{2}", "/performance"),
        *("/oversight/telephones", "/oversight/memory?text=望京"),
    ),
    "auditor": ("/oversight/telephones", "/centre?district_code=110105", "/registers/holds"),
    "panel": ("/inbox", "/search", "/registers/holds"),
    "analyst": ("/board", "/board/charts", "/wall"),
    "district": ("/inbox", "/board", "/wall"),
    "handler": (
        "/inbox",
        "/inbox/day",
        "/tickets/{2}",
        "/whistles",
        "/whistles/new?ticket={2}",
        "/centre",
    ),
    "evaluator": (
        "/board",
        "/board/charts",
        "/board/compare",
        "/board/trial?response=0.3&resolution=0.3&satisfaction=0.4",
        f"/board/offices/{WANGJING}",
        f"/board/offices/{WANGJING}/tickets",
    ),
    "admin": (
        "/welcome",
        "/admin/keys?q=值班",
        "/admin/sessions",
        "/admin/data",
        "/admin/health",
        "/admin/exports",
        "/admin/imports",
    ),
}
OFFICES = {"handler": WANGJING, "district": CHAOYANG}


@pytest.fixture
def staff(people: People, monkeypatch: pytest.MonkeyPatch) -> dict[str, Person]:
    """Whose keys bear Chinese names."""
    made = {}
    for role in PAGES.keys() - {"admin"}:
        office = OFFICES.get(role)
        new = {"role": role, "office_code": office, "label": "值班"}
        made[role, office] = Person(people.client, people.admin.post("/keys", new).json()["key"])
    monkeypatch.setattr(people, "made", made)
    return {role: person for (role, _), person in made.items()} | {"admin": people.admin}


@pytest.fixture
def numbers(staff: dict[str, Person], people: People, clock: StillClock) -> list[str]:
    """A called ticket, one to be dispatched, one at work."""
    called = given.ticket(people)
    given.awaiting(people, called)
    stages.called(people, called)
    return [called, stages.to_dispatch(people, clock), stages.working(people)]


def test_a_chinese_page_has_no_english_word(
    people: People, staff: dict[str, Person], numbers: list[str]
) -> None:
    english = {}
    for role, paths in PAGES.items():
        visitor = Visitor(people.client).signs_in(staff[role])
        for path in paths:
            page = visitor.get(path.format(*numbers))
            assert page.status_code == 200, (role, path, page.text)
            if words := Words(page.text).latin:
                english[role, path] = words
    assert not english, str(english)


def test_the_watcher_hears_english() -> None:
    page = "<h1 title='Street'>街道 BJ20261101000001</h1><img alt='Photo'><kbd>Alt</kbd> inbox"
    assert Words(page).latin == {"Street", "Photo", "inbox"}
