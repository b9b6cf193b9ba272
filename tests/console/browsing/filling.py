"""A person who fills in any form of a page: what is required, and his words wherever words go."""

from html.parser import HTMLParser

WORDS = "原来填写的内容"
LATER = "2026-12-01T10:00"
OFFICE = "酒仙桥街道"
Attributes = dict[str, str | None]


class Filled(HTMLParser):
    """The forms of a page by their actions, each with what a person would send; of forms with one
    action the first."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.by_action: dict[str, dict[str, str]] = {}
        self.form: dict[str, str] = {}
        self.spare, self.choice = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.form, self.spare = {}, ""
            self.by_action.setdefault(given.get("action") or "", self.form)
        elif hasattr(self, f"see_{tag}"):
            getattr(self, f"see_{tag}")(given, given.get("name") or "")

    def see_input(self, given: Attributes, name: str) -> None:
        kind, value = given.get("type"), given.get("value") or ""
        if kind == "radio" and "required" in given:
            self.form.setdefault(name, value)
        elif kind not in ("radio", "file", "checkbox"):
            self.form[name] = value or (typed(given) if "required" in given else "")

    def see_textarea(self, given: Attributes, name: str) -> None:
        self.form[name] = WORDS if "required" in given else ""
        self.spare = self.spare or name

    def see_select(self, given: Attributes, name: str) -> None:
        self.choice = name if "required" in given else ""

    def see_option(self, given: Attributes, name: str) -> None:
        if self.choice and given.get("value"):
            self.form.setdefault(self.choice, str(given["value"]))

    def see_button(self, given: Attributes, name: str) -> None:
        if name:
            self.form.setdefault(name, given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.spare and WORDS not in self.form.values():
            self.form[self.spare] = WORDS


def typed(given: Attributes) -> str:
    if given.get("list") == "offices":
        return OFFICE
    of_kind = {"datetime-local": LATER}.get(given.get("type") or "", WORDS)
    return "1" if given.get("inputmode") else of_kind
