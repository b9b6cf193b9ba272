"""The form of each act on a whistle, on a summons, and on a department's record."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.console.forms import Field, Json, Kind
from app.console.forms import body as filled
from app.kit.messages import Message

Forms = Mapping[str, Sequence[Field]]

TEXT = Field("text", Message("Text"), Kind.AREA)
REASON = Field("reason", Message("Reason"), Kind.AREA)
DUE = Field("answer_due_at", Message("Answer by"), Kind.INSTANT)
UPHOLD = Field("uphold", Message("Upheld"), Kind.YES_NO)
GROUNDS = {
    "not_my_duty": Message("Not my duty"),
    "not_my_area": Message("Not my area"),
    "not_my_power": Message("Not in my power"),
}
KINDS = {
    "enforcement": Message("Joint enforcement"),
    "emergency": Message("Emergency"),
    "key_work": Message("Key work"),
    "beyond_duty": Message("Beyond the street's duty"),
    "appeal": Message("Many citizens' demand"),
}
LEVELS = {
    "w1": Message("W1 urgent"),
    "w2": Message("W2 important"),
    "w3": Message("W3 planned"),
}
ORIGINS = {
    "ticket": Message("A ticket"),
    "patrol": Message("A patrol"),
    "community": Message("A community"),
    "street": Message("The street itself"),
    "signal": Message("A signal"),
}
FINDINGS = {
    "empty": Message("Nothing was there"),
    "reckless": Message("Outside the kinds, or the street's own"),
    "wrong_department": Message("The wrong department"),
}
HAZARD = Field("hazard_removed", Message("The hazard is removed"), Kind.YES_NO)
"""Of an emergency alone (H7)."""
LIAISON = Message("The city's liaison")
OF_CENTRAL = Message("Where a central office takes part")
OF_WHISTLE: Forms = {
    "blow": (),
    "confirm": (),
    "start": (),
    "join": (),
    "propose-lead": (Field("street_code", Message("Street that is to lead"), Kind.OFFICE), TEXT),
    "agree-lead": (TEXT,),
    "decline-lead": (TEXT,),
    "cancel": (REASON,),
    "send-back": (REASON,),
    "escalate": (REASON,),
    "verify": (
        Field("text", Message("What the street saw on the spot"), Kind.AREA),
        Field(
            "evidence",
            Message("Evidence"),
            Kind.LINES,
            hint=Message("Photographs or records by name or number, one a line"),
        ),
        HAZARD,
    ),
    "settle": (TEXT,),
    "read-signal": (Field("text", Message("What follows from it"), Kind.AREA),),
    "appeal": (TEXT,),
    "decide-appeal": (UPHOLD, TEXT),
    "coordinate": (
        Field("lead_office_code", Message("Lead department"), Kind.OFFICE),
        Field("new_date_at", Message("New date"), Kind.INSTANT),
        TEXT,
        Field("liaison.person", Message("Liaison"), required=False, hint=OF_CENTRAL, group=LIAISON),
        Field("liaison.office_code", Message("Office"), Kind.OFFICE, False, group=LIAISON),
    ),
    "rule-false": (
        Field("finding", Message("Finding"), Kind.CHOICE, choices=FINDINGS),
        TEXT,
        Field(
            "hazard_plausible",
            Message("The danger could be believed in at the time"),
            Kind.YES_NO,
            required=False,
            hint=Message("Only of an emergency where nothing was there"),
        ),
    ),
    "compose": (),
}
OF_SUMMONS: Forms = {
    "accept": (),
    "report-in": (
        Field("person", Message("Who is there")),
        Field("duty", Message("His duty")),
        Field(
            "code",
            Message("The street's sign-in code"),
            required=False,
            hint=Message("The code, or your position"),
        ),
        Field("lon", Message("Longitude"), Kind.DECIMAL, required=False),
        Field("lat", Message("Latitude"), Kind.DECIMAL, required=False),
    ),
    "leave": (REASON,),
    "release": (Field("text", Message("What the street saw of its actions"), Kind.AREA),),
    "interim-release": (TEXT, Field("next_at", Message("Next appointment"), Kind.INSTANT)),
    "object": (Field("ground", Message("Ground"), Kind.CHOICE, choices=GROUNDS), TEXT),
    "rule-objection": (UPHOLD, TEXT),
    "waive": (TEXT,),
    "report-refusal": (TEXT,),
    "rule-refusal": (
        Field("refused", Message("It refused"), Kind.YES_NO),
        TEXT,
        Field("answer_due_at", Message("Answer by"), Kind.INSTANT, required=False),
    ),
    "supervise": (REASON, DUE),
    "answer": (TEXT,),
    "thank": (Field("text", Message("Words of thanks"), Kind.AREA),),
    "hand-over": (
        Field("to_office_code", Message("To which summoned office"), Kind.OFFICE),
        Field(
            "actions",
            Message("Numbers of the actions"),
            Kind.OFFICES,
            hint=Message("With spaces between them"),
        ),
        TEXT,
    ),
    "consent": (TEXT,),
    "decline": (TEXT,),
}
POINTS = Message("From 0 to 15; below 6 with your reasons")
OF_RECORD: Forms = {
    "evaluate": (
        Field("effect", Message("Effect"), Kind.DECIMAL, hint=POINTS),
        Field("attitude", Message("Attitude and lawfulness"), Kind.DECIMAL, hint=POINTS),
        Field("rough", Message("Rough enforcement"), Kind.YES_NO, required=False),
        Field("text", Message("Reasons"), Kind.AREA, required=False),
    ),
    "appeal-evaluation": (TEXT,),
    "decide-evaluation": (Field("approve", Message("Approved"), Kind.YES_NO), TEXT),
}
RECORD_PATHS = {
    "evaluate": "",
    "appeal-evaluation": "/appeal",
    "decide-evaluation": "/appeal/decision",
}
NEW: Sequence[Field] = (
    Field("kind", Message("Kind of whistle"), Kind.CHOICE, choices=KINDS),
    Field(
        "level",
        Message("Level of the whistle"),
        Kind.CHOICE,
        required=False,
        choices=LEVELS,
        hint=Message("Left out, it follows from the kind."),
    ),
    Field("origin", Message("Where it was seen"), Kind.CHOICE, choices=ORIGINS),
    Field("matter", Message("Matter"), Kind.AREA),
    Field("why", Message("Why the street alone cannot"), Kind.AREA),
    Field("place.text", Message("Place")),
    Field("place.lon", Message("Longitude"), Kind.DECIMAL, required=False),
    Field("place.lat", Message("Latitude"), Kind.DECIMAL, required=False),
    Field("meeting_point.text", Message("Meeting point, if another"), required=False),
    Field("meet_at", Message("Appointed time"), Kind.INSTANT, required=False),
    Field("in_progress", Message("It goes on right now"), Kind.YES_NO, required=False),
    Field("ticket_numbers", Message("Tickets of the whistle"), Kind.OFFICES, required=False),
)
SOURCES = {
    "catalogue": Message("it leads in such matters"),
    "joint": Message("it helps in such matters"),
    "duty": Message("a duty of the street names it"),
    "past": Message("it was called before"),
    "roster": Message("it has people in the street's centre"),
}
STATEMENT = "statement-"
"""How the field of an office's statement begins."""
ROWS = 60


def summonses(typed: Mapping[str, str]) -> list[Json]:
    """The offices of a new whistle: a proposed one is called by what it is to do, any other by what
    stands in its row."""
    called = []
    for row in range(ROWS):
        code, actions = typed.get(f"office_code-{row}", ""), typed.get(f"actions-{row}", "")
        if actions.strip() or (code.strip() and f"proposed-{row}" not in typed):
            lines = [line.strip() for line in actions.splitlines() if line.strip()]
            required = typed.get(f"required-{row}") != "no"
            by_centre = typed.get(f"through_centre-{row}") == "yes"
            more = {"through_centre": True} if by_centre else {}
            called.append(
                {"office_code": code.strip(), "required": required, "actions": lines, **more}
            )
    return called


def of_whistle(act: str, kind: str) -> Sequence[Field]:
    """The form of an act on a whistle of a kind."""
    fields = OF_WHISTLE[act]
    return fields if kind == "emergency" else [field for field in fields if field is not HAZARD]


def new_body(typed: Mapping[str, str]) -> Json:
    whistle = {**filled(NEW, typed), "summonses": summonses(typed)}
    return whistle | ({"draft": True} if typed.get("draft") == "yes" else {})


def whistle_body(act: str, typed: Mapping[str, str]) -> Json:
    if act == "compose":
        return {"summonses": summonses(typed)}
    made = filled(OF_WHISTLE.get(act, ()), typed)
    return made | ({"statements": statements(typed)} if act == "rule-false" else {})


def statements(typed: Mapping[str, str]) -> list[Json]:
    """What each office says that was heard."""
    return [
        {"office_code": name.removeprefix(STATEMENT), "text": text.strip()}
        for name, text in typed.items()
        if name.startswith(STATEMENT) and text.strip()
    ]


def results(typed: Mapping[str, str]) -> Json:
    """What an office feeds back: one result for each of its actions."""
    fed_back: list[dict[str, Any]] = []
    for name, text in typed.items():
        kind, _, seq = name.partition("-")
        if kind != "result" or not seq.isdecimal():
            continue
        document = typed.get(f"document-{seq}", "").strip()
        proof = {"document": document} if document else {}
        fed_back.append({"action": int(seq), "result": text.strip(), **proof})
    return {"results": fed_back}


def summons_body(act: str, typed: Mapping[str, str]) -> Json:
    if act == "feed-back":
        return results(typed)
    made = filled(OF_SUMMONS.get(act, ()), typed)
    if act == "hand-over" and "actions" in made:
        made["actions"] = [int(seq) if seq.isdecimal() else seq for seq in made["actions"]]
    return made
