"""The forms of a roster: its model, its people, their shifts, days and marks."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.console.forms import Field, Json, Kind
from app.console.forms import body as filled
from app.kit.messages import Message

KINDS = {
    "core": Message("The street's own team"),
    "posted": Message("Posted here by its office"),
    "on_call": Message("Comes when called"),
}
REASON = Field("reason", Message("Reason"), Kind.AREA)
AGAIN = Field(
    "reason",
    Message("Reason"),
    required=False,
    hint=Message("Needed where something else was noted before"),
)
KIND = Field("kind", Message("How he belongs to it"), Kind.CHOICE, choices=KINDS)
NAME, PHONE = Field("name", Message("Name")), Field("phone", Message("Telephone"))
DUTY = Field("duty", Message("Duty"))
OFFICE = Field("office_code", Message("Home office"), Kind.OFFICE)
SEAT = Field("seat", Message("Seat"), Kind.CHOICE, required=False)
MEMBER = Field("member_id", Message("Person"), Kind.NUMBER)
STARTS = Field("starts_at", Message("On duty from"), Kind.INSTANT)
ENDS = Field("ends_at", Message("until"), Kind.INSTANT)


def first_of(list_name: str, fields: Sequence[Field]) -> list[Field]:
    """The fields of a list's only member."""
    return [field.within(f"{list_name}.0") for field in fields]


FORMS: Mapping[str, Sequence[Field]] = {
    "set_model": (Field("model", Message("Model of the centre"), Kind.CHOICE),),
    "add": first_of("members", (NAME, PHONE, DUTY, OFFICE, KIND, SEAT)),
    "change": (*(field.optional for field in (NAME, PHONE, DUTY, KIND, SEAT)), REASON),
    "remove": (REASON,),
    "reveal": (REASON,),
    "plan_shift": first_of("shifts", (MEMBER, STARTS, ENDS)),
    "cancel_shift": (REASON,),
    "attend": (Field("day", Message("Day"), Kind.DAY), AGAIN),
    "mark": (Field("mark", Message("Mark of the month, 0 to 100"), Kind.NUMBER), AGAIN),
}
PRESENT = "present-"
"""How the field of a person's attendance begins."""
PATHS: Mapping[str, tuple[str, str]] = {
    "set_model": ("PUT", "/v1/offices/{}/roster"),
    "add": ("POST", "/v1/offices/{}/roster/members"),
    "change": ("POST", "/v1/offices/{}/roster/members/{}/change"),
    "remove": ("POST", "/v1/offices/{}/roster/members/{}/remove"),
    "plan_shift": ("POST", "/v1/offices/{}/roster/shifts"),
    "cancel_shift": ("POST", "/v1/offices/{}/roster/shifts/{}/cancel"),
    "attend": ("PUT", "/v1/offices/{}/roster/days/{}"),
    "mark": ("PUT", "/v1/offices/{}/roster/members/{}/marks/{}"),
}
"""The method and the API's path of each act: of a street, of `of`, and of `month`."""


def body(act: str, typed: Mapping[str, str]) -> Json:
    if act == "attend":
        return {"members": attendance(typed)}
    made = filled(FORMS.get(act, ()), typed)
    return {name: list(value.values()) if is_list(value) else value for name, value in made.items()}


def is_list(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"0"}


def attendance(typed: Mapping[str, str]) -> list[Json]:
    """Of those of whom something was said."""
    reason = typed.get("reason", "").strip()
    return [
        {"member_id": int(name.removeprefix(PRESENT)), "present": answer == "yes"}
        | ({"reason": reason} if reason else {})
        for name, answer in typed.items()
        if name.startswith(PRESENT) and name.removeprefix(PRESENT).isdecimal() and answer
    ]
