"""The decisions: which are open to a person, how each is asked, and what the API takes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.access.roles import Caller, Role
from app.console.callback import forms as script
from app.console.case.forms import APPROVE, DUE, FORMS, REASON
from app.console.forms import Choices, Field, Kind, body
from app.console.visit import Fields
from app.kit.messages import Message

RULERS = frozenset({Role.DISPATCHER, Role.DISTRICT, Role.SUPERVISOR, Role.PANEL, Role.EVALUATOR})
AGREED = Message("Agreed.")
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decision:
    """`kind` is that of an inbox's row, and `asked` the event by which it was asked for; a reply
    stands on the page of itself."""

    kind: str
    act: str
    asked: str
    fields: Sequence[Field]
    path: str
    """Of the API; its second part is the `of` of the form."""


def of_ticket(kind: str, act: str, asked: str, fields: Sequence[Field]) -> Decision:
    return Decision(kind, act, asked, fields, f"/v1/tickets/{{}}/{act}")


UNSAID = Field("text", Message("Opinion"), Kind.AREA, required=False)
"""An approval without words says that one agrees."""
JUDGED = (APPROVE, UNSAID)
HEARD = Field("text", Message("How that was found"), Kind.AREA)
EXCLUSION = "exclusion"
DECISIONS = {
    decision.act: decision
    for decision in (
        of_ticket("review", "review", "", FORMS["review"]),
        of_ticket("objection", "rule-objection", "object", FORMS["rule-objection"]),
        of_ticket("consulting", "conclude", "object", FORMS["conclude"]),
        of_ticket("extension", "decide-extension", "request-extension", JUDGED),
        of_ticket("hold", "decide-hold", "request-hold", JUDGED),
        of_ticket("resumption", "resume", "decide-hold", FORMS["resume"]),
        Decision(
            EXCLUSION,
            "review-exclusion",
            "request-exclusion",
            JUDGED,
            "/v1/tickets/{}/exclusion/review",
        ),
        Decision(
            EXCLUSION,
            "decide-exclusion",
            "request-exclusion",
            JUDGED,
            "/v1/tickets/{}/exclusion/decision",
        ),
        Decision(
            "dispute",
            "hear_again",
            "dispute",
            (HEARD,),
            "/v1/tickets/{}/callbacks/{}/correction",
        ),
    )
}
LEVELS: Mapping[Role, Choices] = {
    Role.DISTRICT: {"district": Message("District")},
    Role.SUPERVISOR: {"city": Message("City"), "district": Message("District")},
}
RULED: Mapping[Role, Sequence[str]] = {
    Role.DISTRICT: ("uphold", "reject"),
    Role.DISPATCHER: ("uphold", "reject", "duplicate", "info_wrong", "consult"),
    Role.SUPERVISOR: ("not_acceptable",),
}
"""The rulings on an objection that are each role's."""
OFFICE = Field("office_code", Message("Whose it is"), Kind.OFFICE, required=False)
PARENT = Field("parent_number", Message("Number of the first ticket"), required=False)


def open_to(
    caller: Caller, ticket: Json, exclusion: Json | None, disputed: Json | None
) -> Iterator[Decision]:
    """The decisions on a ticket that this person may take now."""
    for decision in DECISIONS.values():
        if decision.act in ticket["allowed"]:
            yield decision
    if exclusion is not None and waits_for(caller, exclusion):
        is_last = caller.role is Role.EVALUATOR
        yield DECISIONS["decide-exclusion" if is_last else "review-exclusion"]
    if disputed is not None and caller.role is Role.SUPERVISOR:
        yield DECISIONS["hear_again"]


def waits_for(caller: Caller, exclusion: Json) -> bool:
    """Whether a request to exclude a ticket lacks this person's word."""
    if exclusion["approved"] is not None or False in (exclusion["reviewed"], exclusion["flagged"]):
        return False
    match caller.role:
        case Role.DISTRICT:
            of_us = exclusion["district_code"] == caller.office_code
            return of_us and exclusion["reviewed"] is None
        case Role.SUPERVISOR:
            return exclusion["code"] == "X3" and exclusion["flagged"] is None
    return caller.role is Role.EVALUATOR


def supervision(role: Role) -> Sequence[Field]:
    """The form of a supervision, at the levels that are a role's."""
    if role not in LEVELS:
        return ()
    return (Field("level", Message("Level"), Kind.CHOICE, choices=LEVELS[role]), REASON, DUE)


def fields_of(act: str, role: Role) -> Sequence[Field]:
    """The fields of any form of the page."""
    if act == "supervise":
        return supervision(role)
    return DECISIONS[act].fields if act in DECISIONS else FORMS.get(act, ())


def request_of(act: str, role: Role, fields: Fields, agreed: str) -> Any:
    """The JSON of an act; words left out of an approval are `agreed`, but not of a hold's last one,
    whose words the citizen reads."""
    made = body(fields_of(act, role), fields)
    if act == "hear_again":
        return script.answers(fields) | made
    says_yes = made.get("approve") is True or made.get("decision") == "uphold"
    is_told = act == "decide-hold" and role is Role.SUPERVISOR
    if says_yes and not is_told and act != "review":
        made.setdefault("text", agreed)
    return made
