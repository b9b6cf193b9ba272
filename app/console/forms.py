"""Forms as lists of fields: how each is asked on a page, and the JSON that the API takes."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self

from app.kit.messages import Message

Json = dict[str, Any]
Choices = Mapping[str, Message]
BEIJING_OFFSET = "+08:00"
WHOLE = re.compile(r"-?[0-9]{1,12}")
SEPARATORS = re.compile(r"[\s,，、]+")
DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,12})?")


class Kind(StrEnum):
    LINE = "line"
    AREA = "area"
    LINES = "lines"
    """A list, each member on a line of its own."""
    CHOICE = "choice"
    YES_NO = "yes_no"
    INSTANT = "instant"
    """Typed in Beijing's time."""
    DAY = "day"
    NUMBER = "number"
    DECIMAL = "decimal"
    OFFICE = "office"
    OFFICES = "offices"
    """Names or codes with spaces or commas between them."""
    PERSON = "person"
    """A name, an office and a duty, with spaces or commas between them."""
    PEOPLE = "people"
    """Persons, each on a line."""
    FIGURES = "figures"
    """Numbers, each on a line behind its name."""
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. `name` is the member of the API's body; `citizen.phone` lies within."""

    name: str
    label: Message
    kind: Kind = Kind.LINE
    required: bool = True
    choices: Choices | None = None
    hint: Message | None = None
    group: Message | None = None
    """The heading above it and its neighbours of the same group."""

    @property
    def pointer(self) -> str:
        """Where the API's errors name it."""
        return "/" + self.name.replace(".", "/")

    @property
    def optional(self) -> Self:
        return replace(self, required=False)

    def within(self, above: str) -> Self:
        """The same member of an object that lies in another."""
        return replace(self, name=f"{above}.{self.name}")


def body(fields: Iterable[Field], typed: Mapping[str, str]) -> Json:
    """The JSON of a form that was sent; an empty field is left out."""
    made: Json = {}
    for field in fields:
        text = typed.get(field.name, "").strip()
        if not text:
            continue
        *above, name = field.name.split(".")
        place = made
        for member in above:
            place = place.setdefault(member, {})
        place[name] = value(field.kind, text)
    return made


def value(kind: Kind, text: str) -> Any:
    """The value of a text; one that is none goes as it is, and the API says what is wrong."""
    return VALUES[kind](text) if kind in VALUES else text


def codes(text: str) -> list[str]:
    return SEPARATORS.split(text.strip(" ,，、"))


def filled(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def person(text: str) -> Json:
    """Who names no office is left without one, and the API says so."""
    parts = SEPARATORS.split(text.strip(" ,，、"), maxsplit=2)
    return dict(zip(("name", "office_code", "duty"), parts, strict=False))


def figures(text: str) -> Json:
    """The number is what follows the last space, comma or colon of a line."""
    pairs = (re.split(r"[\s,，:：]+(?=\S+$)", line, maxsplit=1) for line in filled(text))
    return {pair[0]: value(Kind.DECIMAL, "".join(pair[1:])) for pair in pairs}


VALUES: Mapping[Kind, Callable[[str], Any]] = {
    Kind.YES_NO: lambda text: {"yes": True, "no": False}.get(text, text),
    Kind.INSTANT: lambda text: f"{text}{BEIJING_OFFSET}",
    Kind.NUMBER: lambda text: int(text) if WHOLE.fullmatch(text) else text,
    Kind.DECIMAL: lambda text: float(text) if DECIMAL.fullmatch(text) else text,
    Kind.LINES: filled,
    Kind.PERSON: person,
    Kind.PEOPLE: lambda text: [person(line) for line in filled(text)],
    Kind.FIGURES: figures,
    Kind.OFFICES: codes,
}


def errors(fields: Sequence[Field], problem: Mapping[str, Any]) -> dict[str, str]:
    """What the API finds wrong with each field, by the field's name; a fault of a member that is
    missing as a whole stands at its first field."""
    made: dict[str, str] = {}
    for fault in problem.get("errors", ()):
        name = field_at(fields, fault["pointer"])
        if name:
            made.setdefault(name, fault["detail"])
    return made


def names(fields: Iterable[Field]) -> dict[str, Message]:
    """The labels of fields by where the API's errors name them; a member that is missing as a whole
    has its first field's."""
    made: dict[str, Message] = {}
    for field in fields:
        made[field.pointer] = field.label
        made.setdefault(field.pointer.rpartition("/")[0], field.label)
    return made


def field_at(fields: Sequence[Field], pointer: str) -> str | None:
    """The field that a pointer names, or the first one within the member that it names; of a list
    the field in which its members are typed."""
    near = (field.name for field in fields if is_near(field.pointer, pointer))
    return next(near, None)


def is_near(field: str, fault: str) -> bool:
    """Whether one of two pointers leads to the other, or into it."""
    return f"{field}/".startswith(f"{fault}/") or f"{fault}/".startswith(f"{field}/")
