"""A person at the console without a browser: reads pages, fills in their forms, keeps cookies."""

import re
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from httpx import Response

from tests.aids.client import Client
from tests.aids.given import Person

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


class Forms(HTMLParser):
    """Each form's fields with the values that a browser would send, by the form's action; of forms
    with one action the first."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.by_action: dict[str, dict[str, str]] = {}
        self.open: dict[str, str] = {}
        self.area, self.choice = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.open = {}
            self.by_action.setdefault(given.get("action") or "", self.open)
        elif tag == "textarea":
            self.area = given.get("name") or ""
            self.open[self.area] = ""
        elif tag == "select":
            self.choice = given.get("name") or ""
        elif tag == "option" and (self.choice not in self.open or "selected" in given):
            self.open[self.choice] = given.get("value") or ""
        elif tag == "input" and given.get("name") and is_sent(given):
            self.open[str(given["name"])] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.open[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""


def is_sent(given: dict[str, str | None]) -> bool:
    return given.get("type") not in ("radio", "checkbox") or "checked" in given


class Visitor:
    def __init__(self, client: Client, language: str = "zh-CN") -> None:
        self.client = client
        self.language = language
        self.cookies: dict[str, str] = {}

    def headers(self, more: dict[str, str] | None) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Accept-Language": self.language, "Cookie": cookie, **(more or {})}

    def keep(self, answer: Response) -> Response:
        for header in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return answer

    def get(self, path: str, headers: dict[str, str] | None = None) -> Response:
        answer: Response = self.client.get(f"/console{path}", headers=self.headers(headers))
        return self.keep(answer)

    def post(self, path: str, fields: Any, headers: dict[str, str] | None = None) -> Response:
        answer: Response = self.client.post(
            f"/console{path}",
            content=urlencode(fields),
            headers=self.headers({**FORM, **(headers or {})}),
        )
        return self.keep(answer)

    def sends(self, path: str, *files: bytes, action: str = "", **typed: str) -> Response:
        """Sends files as a browser does, by the form of a page."""
        target = f"/console{action or path}"
        fields = Forms(self.get(path).text).by_action[target] | typed
        del fields["files"]
        answer: Response = self.client.post(
            target,
            data=fields,
            files=[("files", (f"现场{place}.png", file)) for place, file in enumerate(files)],
            headers=self.headers({"Sec-Fetch-Site": "same-origin"}),
        )
        return self.keep(answer)

    def signs_in(self, person: Person) -> "Visitor":
        key = person.headers["Authorization"].removeprefix("Bearer ")
        page = self.get("/sign-in")
        fields = Forms(page.text).by_action["/console/sign-in"]
        answer = self.post("/sign-in", {**fields, "key": key})
        assert answer.status_code == 303, answer.text
        return self

    def fills_in(self, page: Response, action: str, **typed: str) -> Response:
        """Sends the form of a page with what is typed; `__` in a name is a dot."""
        fields = Forms(page.text).by_action[f"/console{action}"]
        named = {name.replace("__", "."): text for name, text in typed.items()}
        return self.post(action, {**fields, **named})


def alert(page: str) -> str:
    """The words of a page's problem."""
    box = page[page.index('role="alert"') :]
    return re.sub(r"<[^>]+>|\s+", " ", box[box.index(">") + 1 : box.index("</section>")]).strip()
