"""The form of a call, and the request that the API takes."""

from collections.abc import Mapping
from typing import Any

from app.console.case.forms import DECLINED, SERVICES
from app.console.forms import Field, Json, Kind, body
from app.console.labels import URGENCY
from app.kit.messages import Message

TYPES_OF_TICKET = {
    "complaint": Message("Complaint"),
    "help": Message("Help"),
    "consult": Message("Enquiry"),
    "report": Message("Report of wrongdoing"),
    "suggest": Message("Suggestion"),
    "praise": Message("Praise"),
}
CHANNELS = {
    "phone": Message("Telephone call"),
    "wechat": Message("WeChat"),
    "app": Message("App"),
    "web": Message("Website"),
    "weibo": Message("Weibo"),
    "media": Message("Media"),
    "opinion": Message("Public opinion"),
    "p110": Message("From 110"),
    "superior": Message("From above"),
    "patrol": Message("Patrol"),
}
TITLE_LENGTH = 40
ACCEPT = "accept"
PHONE = Field(
    "citizen.phone", Message("Telephone"), required=False, hint=Message("as shown by the line")
)
NAME = Field("citizen.name", Message("Name"), required=False)
CONTENT = Field("content", Message("The caller's words"), Kind.AREA)
ADDRESS = Field("address.text", Message("Address"), required=False)
PUBLISHED = Message("Where it was published, of media and opinion")
MORE = (
    Field("channel", Message("Channel"), Kind.CHOICE, required=False, choices=CHANNELS),
    Field("title", Message("Title"), required=False, hint=Message("else its first words")),
    Field("urgency", Message("Urgency"), Kind.CHOICE, required=False, choices=URGENCY),
    Field("citizen.callback_phone", Message("Telephone for callbacks"), required=False),
    Field("citizen.callback_after", Message("Call back after"), Kind.INSTANT, required=False),
    Field("citizen.language", Message("The caller's language"), required=False),
    Field("occurred_at", Message("Happened at"), Kind.INSTANT, required=False),
    Field("line", Message("Line that was dialled"), required=False, hint=Message("else 12345")),
    Field("source.outlet", Message("Published by"), required=False, group=PUBLISHED),
    Field("source.title", Message("Its title"), required=False, group=PUBLISHED),
    Field("source.url", Message("Its web address"), required=False, group=PUBLISHED),
    Field(
        "source.published_at",
        Message("Published at"),
        Kind.INSTANT,
        required=False,
        group=PUBLISHED,
    ),
)
TYPES = Field("type", Message("Kind"), Kind.CHOICE, choices=TYPES_OF_TICKET)
WORDS = Field("acceptance.text", Message("What the caller is told"), Kind.AREA, required=False)
SERVICE = Field(
    "acceptance.service", Message("Service"), Kind.CHOICE, required=False, choices=SERVICES
)
DECLINE = Field(
    "acceptance.reason_code",
    Message("Why it is not accepted"),
    Kind.CHOICE,
    required=False,
    choices=DECLINED,
)
BESIDE: Mapping[str, tuple[Field, ...]] = {
    ACCEPT: (),
    "answer": (WORDS,),
    "transfer": (WORDS, SERVICE),
    "decline": (WORDS, DECLINE),
    "hold": (),
}
"""The fields that each outcome of the call takes with it."""
OUTCOMES: Mapping[str, Message] = {
    ACCEPT: Message("Take down and dispatch"),
    "answer": Message("Answered on the line"),
    "transfer": Message("Transfer"),
    "decline": Message("Decline"),
    "hold": Message("Hold"),
}
FIELDS = (TYPES, PHONE, NAME, CONTENT, ADDRESS, *MORE, WORDS, SERVICE, DECLINE)
CHECKS = ("citizen.anonymous", "citizen.confidential")


def request(typed: Mapping[str, str]) -> Json:
    """The API's request of a form."""
    outcome = typed.get("outcome") or ACCEPT
    of_call = (TYPES, PHONE, NAME, CONTENT, ADDRESS, *MORE, *BESIDE.get(outcome, ()))
    made: dict[str, Any] = body(of_call, typed)
    made.setdefault("channel", "phone")
    titled(made)
    category = (typed.get("category") or typed.get("other_category") or "").strip()
    if category:
        made["category"] = category
    for name in CHECKS:
        if typed.get(name):
            made.setdefault("citizen", {})[name.partition(".")[2]] = True
    if outcome != ACCEPT:
        made.setdefault("acceptance", {})["outcome"] = outcome
    return made


def titled(made: Json) -> Json:
    """A request without a title has its first words for one."""
    if "content" in made:
        made.setdefault("title", made["content"].split("\n")[0][:TITLE_LENGTH])
    return made
