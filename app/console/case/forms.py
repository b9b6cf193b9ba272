"""The form of each act on a ticket."""

from collections.abc import Mapping, Sequence

from app.console.forms import Field, Json, Kind
from app.console.forms import body as filled
from app.console.labels import EXTENSION_REASON, URGENCY
from app.console.visit import Fields
from app.kit.messages import Message

TEXT = Field("text", Message("Text"), Kind.AREA)
REASON = Field("reason", Message("Reason"), Kind.AREA)
APPROVE = Field("approve", Message("Approved"), Kind.YES_NO)
OFFICE = Field("office_code", Message("Office"), Kind.OFFICE)
JOINT = Field("joint_office_codes", Message("Joint offices"), Kind.OFFICES, required=False)
DUE = Field("answer_due_at", Message("Answer by"), Kind.INSTANT)
SERVICES = {
    "110": Message("110 police"),
    "119": Message("119 fire"),
    "120": Message("120 ambulance"),
    "122": Message("122 traffic"),
}
METHODS = {
    "call": Message("By telephone"),
    "visit": Message("By a visit"),
    "message": Message("By message"),
}
DECLINED = {
    "na_legal_route": Message("A court's or another legal route's"),
    "na_out_of_area": Message("Outside this city"),
    "na_secret": Message("A state secret"),
    "na_unlawful": Message("Unlawful (supervisor)"),
    "na_malicious": Message("Malicious (supervisor)"),
}
GROUNDS = {
    "not_my_area": Message("Not my area"),
    "not_my_duty": Message("Not my duty"),
    "department_duty": Message("A department's duty"),
    "duplicate": Message("A duplicate"),
    "not_acceptable": Message("Not acceptable"),
    "info_wrong": Message("The facts are wrong"),
}
RULINGS = {
    "uphold": Message("Uphold: it is the other office's"),
    "reject": Message("Reject: it stays"),
    "duplicate": Message("A duplicate: merge"),
    "not_acceptable": Message("Not accepted (supervisor)"),
    "info_wrong": Message("More must be learnt"),
    "consult": Message("Call a consultation"),
}
HOLD_REASONS = {
    "planning": Message("Planning"),
    "funds": Message("Funds"),
    "law": Message("Law"),
    "history": Message("History"),
}
LEVELS = {
    "street": Message("Street"),
    "district": Message("District"),
    "city": Message("City"),
}
ABOUT = {
    "head": Message("The head of a branch"),
    "plan": Message("A plan"),
    "matter": Message("A matter"),
    "reward": Message("A reward"),
}

TO_HOTLINE = Message("To the hotline")
TO_CITIZEN = Message("To the citizen")
TO_PUBLIC = Message("To the public, where media or opinion were the source")
BY_STEPS = Message("Milestones")
MILESTONES = 4

FORMS: Mapping[str, Sequence[Field]] = {
    "answer": (TEXT,),
    "transfer": (
        Field("service", Message("Service"), Kind.CHOICE, choices=SERVICES),
        TEXT,
    ),
    "hand-on": (
        Field("service", Message("Line"), hint=Message("110, 119, 120, 122 or another line")),
        TEXT,
    ),
    "decline": (
        Field("reason_code", Message("Why"), Kind.CHOICE, choices=DECLINED),
        Field("text", Message("Answer given to the citizen"), Kind.AREA),
    ),
    "ask": (Field("text", Message("Question to the citizen"), Kind.AREA),),
    "add": (
        Field("text", Message("What the citizen added"), Kind.AREA, required=False),
        Field("address.text", Message("Address"), required=False),
    ),
    "dispatch": (OFFICE, JOINT, REASON),
    "correct": (
        Field("title", Message("Title"), required=False),
        Field("category", Message("Category"), Kind.CATEGORY, required=False),
        Field("address.text", Message("Address"), required=False),
        Field("citizen.name", Message("Name"), required=False),
        Field("citizen.phone", Message("Telephone"), required=False),
        Field("citizen.callback_phone", Message("Telephone for callbacks"), required=False),
        Field("citizen.anonymous", Message("Anonymous"), Kind.YES_NO, required=False),
        Field("occurred_at", Message("Happened at"), Kind.INSTANT, required=False),
        REASON,
    ),
    "return": (TEXT,),
    "read": (),
    "acknowledge": (),
    "contact": (
        Field("method", Message("How"), Kind.CHOICE, choices=METHODS),
        Field("reached", Message("Reached"), Kind.YES_NO),
        Field("note", Message("Note"), Kind.AREA, required=False),
        Field("evidence", Message("Evidence"), required=False),
    ),
    "relay": (
        TEXT,
        Field("done", Message("Passed on (hotline only)"), Kind.YES_NO, required=False),
    ),
    "object": (
        Field("ground", Message("Ground"), Kind.CHOICE, choices=GROUNDS),
        TEXT,
        Field("evidence", Message("Evidence"), required=False),
        Field("proposed_office_code", Message("Whose it is"), Kind.OFFICE, required=False),
    ),
    "rule-objection": (
        Field("decision", Message("Ruling"), Kind.CHOICE, choices=RULINGS),
        Field("office_code", Message("Whose it is"), Kind.OFFICE, required=False),
        Field("parent_number", Message("Number of the first ticket"), required=False),
        TEXT,
    ),
    "conclude": (
        Field("lead_office_code", Message("Lead office"), Kind.OFFICE),
        JOINT,
        TEXT,
    ),
    "request-extension": (
        Field("reason_code", Message("Why"), Kind.CHOICE, choices=EXTENSION_REASON),
        Field("plan", Message("Plan"), Kind.AREA),
        Field("due_at", Message("Until"), Kind.INSTANT),
    ),
    "decide-extension": (APPROVE, TEXT),
    "request-hold": (
        Field("reason_code", Message("Why"), Kind.CHOICE, choices=HOLD_REASONS),
        Field("plan", Message("Plan"), Kind.AREA),
        Field("review_at", Message("Review on"), Kind.INSTANT),
        *(
            field
            for place in range(MILESTONES)
            for field in (
                Field(
                    f"milestones.{place}.at",
                    Message("Milestone {number}, until", number=place + 1),
                    Kind.INSTANT,
                    required=False,
                    group=BY_STEPS,
                ),
                Field(
                    f"milestones.{place}.text",
                    Message("Milestone {number}, what", number=place + 1),
                    required=False,
                    group=BY_STEPS,
                ),
            )
        ),
    ),
    "decide-hold": (APPROVE, TEXT),
    "resume": (Field("done", Message("The matter is settled"), Kind.YES_NO), TEXT),
    "reply": (
        Field("text", Message("Result, for the hotline"), Kind.AREA, group=TO_HOTLINE),
        Field("measures", Message("Measures"), Kind.AREA, required=False, group=TO_HOTLINE),
        Field(
            "citizen_feedback.method",
            Message("How the citizen was told"),
            Kind.CHOICE,
            required=False,
            choices=METHODS | {"relay": Message("Through the hotline (secret tickets)")},
            hint=Message("May be left out of one who is anonymous or could not be reached."),
            group=TO_CITIZEN,
        ),
        Field("citizen_feedback.person", Message("Told by"), required=False, group=TO_CITIZEN),
        Field(
            "citizen_feedback.at",
            Message("Told at"),
            Kind.INSTANT,
            required=False,
            group=TO_CITIZEN,
        ),
        Field("published.where", Message("Published where"), required=False, group=TO_PUBLIC),
        Field(
            "published.at", Message("Published at"), Kind.INSTANT, required=False, group=TO_PUBLIC
        ),
    ),
    "review": (
        APPROVE,
        Field("text", Message("What is missing"), Kind.AREA, required=False),
    ),
    "merge": (Field("parent_number", Message("Number of the first ticket")),),
    "unmerge": (REASON,),
    "grade": (
        Field("urgency", Message("Urgency"), Kind.CHOICE, choices=URGENCY),
        REASON,
    ),
    "urge": (TEXT,),
    "supervise": (
        Field("level", Message("Level"), Kind.CHOICE, choices=LEVELS),
        REASON,
        DUE,
        Field("to_office_code", Message("Joint office"), Kind.OFFICE, required=False),
    ),
    "feed-back": (TEXT, Field("measures", Message("Measures"), Kind.AREA, required=False)),
    "advise": (
        Field("to_office_code", Message("To"), Kind.OFFICE),
        Field("about", Message("About"), Kind.CHOICE, choices=ABOUT),
        TEXT,
        DUE,
    ),
    "answer-advice": (
        TEXT,
        Field("advice_seq", Message("Number of the advice"), Kind.NUMBER, required=False),
    ),
    "withdraw": (Field("evidence", Message("Evidence"), Kind.AREA),),
    "void": (REASON,),
    "note": (TEXT,),
    "reveal": (REASON,),
    "conceal": (REASON,),
    "erase": (REASON,),
}
ELSEWHERE = frozenset({"callback", "verification", "reveal"})
"""Acts that have a page, or a place on one, of their own."""
OWN_PLACE = ELSEWHERE | {"note"}
"""Those that are not in the list of forms."""
EXCLUSIONS = {
    "X1": Message("X1 should not have been accepted"),
    "X2": Message("X2 beyond law and policy, and explained"),
    "X3": Message("X3 fabricated or malicious"),
    "X4": Message("X4 sent wrongly, with no time to object"),
    "X5": Message("X5 force majeure"),
    "X6": Message("X6 a central office's duty"),
}
BESIDE: Mapping[str, Sequence[Field]] = {
    "request-exclusion": (
        Field("code", Message("Ground of the exclusion"), Kind.CHOICE, choices=EXCLUSIONS),
        TEXT,
        Field("evidence", Message("Evidence"), required=False),
    ),
    "dispute": (Field("text", Message("What the recording says"), Kind.AREA),),
}
"""Acts with paths of their own, which `allowed` does not name."""
FIRST = ("acknowledge", "contact", "relay", "reply", "feed-back", "answer-advice", "read")
"""Acts in the order of an office's work; the first one that is allowed is open."""


def body(act: str, fields: Fields) -> Json:
    """The JSON of an act's form; an act without one has an empty body, and the API judges it."""
    made = filled(FORMS.get(act) or BESIDE.get(act, ()), fields)
    if "milestones" in made:
        made["milestones"] = list(made["milestones"].values())
    return made
