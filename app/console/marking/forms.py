"""The forms of a mark, of an appeal and of the decision on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.console.forms import Field, Json, Kind
from app.console.forms import body as filled
from app.kit.messages import Message
from app.policy.whistles import MarkItems

ITEMS = {
    "response": Message("Response"),
    "effect": Message("Effect of the work"),
    "cooperation": Message("Cooperation"),
    "lawfulness": Message("Lawfulness"),
}
APPEAL: Sequence[Field] = (Field("text", Message("Why the mark is wrong"), Kind.AREA),)
DECISION: Sequence[Field] = (
    Field("approve", Message("Approved"), Kind.YES_NO),
    Field("text", Message("Text"), Kind.AREA),
)


SECTION: Sequence[Field] = (
    Field("code", Message("Short name in letters"), hint=Message("Such as urban; it stays")),
    Field("name", Message("Name of the section")),
)
KEPT: Sequence[Field] = (
    Field("name", Message("Name of the section")),
    Field("closed", Message("Closed"), Kind.YES_NO),
)
"""Of a section that there is."""


def unit_fields(most: MarkItems) -> Sequence[Field]:
    """The four items, each from 0 to its points, and why."""
    items = tuple(
        Field(
            f"items.{name}",
            label,
            Kind.DECIMAL,
            required=False,
            hint=Message("From 0 to {most}", most=getattr(most, name)),
        )
        for name, label in ITEMS.items()
    )
    return (*items, Field("reason", Message("Reasons"), Kind.AREA, required=False))


def mark_fields(most: MarkItems) -> Sequence[Field]:
    """The same of a department, where another mark than the proposed one has its reasons."""
    *items, reason = unit_fields(most)
    reason = replace(reason, hint=Message("Needed for another mark than the proposed one"))
    veto = Field(
        "veto.text",
        Message("Veto with its reasons"),
        Kind.AREA,
        required=False,
        hint=Message("It keeps the department from the best grade in this period."),
    )
    return (*items, reason, veto)


def mark_body(fields: Sequence[Field], typed: Mapping[str, str]) -> Json:
    """One of the items, the proposed mark (`confirm`), or `no_dealings`, as the button says."""
    made = filled(fields, typed)
    word = typed.get("word")
    if word in ("confirm", "no_dealings"):
        made.pop("items", None)
        made[word] = True
    return made
