"""Event data: the members that each action's event has, with their types.

Acts build these, the database keeps them as JSON, verification and statistics read them back by
the same names; openapi.md's table of events is made from them. An instant is written in ISO 8601.
Events of older versions may lack newer members.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import MemberDescriptorType
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from app.kit.messages import worded
from app.offices.catalogue import Urgency
from app.routing.decision import DecisionKind
from app.tickets.life.alarms import Alarm
from app.tickets.life.contacts import Method
from app.tickets.life.holds import About, HoldLevel, HoldReason, SupervisionLevel
from app.tickets.life.lifecycle import Action, Channel, DispatchRole, TicketType
from app.tickets.life.objections import Ground, Ruling
from app.tickets.life.parts import Part
from app.tickets.life.sources import Verified

T = TypeVar("T")


@worded
class EndReason(StrEnum):
    """Why a dispatch is over; to the offices that had it, it is also the kind of a feed entry."""

    REDISPATCHED = "redispatched"
    UPHELD = "objection_upheld"
    CONSULTED = "consulted"
    MERGED = "merged"
    TRANSFERRED = "transferred"
    NOT_ACCEPTED = "not_accepted"


@worded
class ErasedFor(StrEnum):
    """Why a person was erased."""

    REQUEST = "request"
    RETENTION = "retention"


@worded
class Notice(StrEnum):
    """A kind of feed entry that is neither an action nor a dispatch's end."""

    URGED_OFTEN = "urged_often"
    MISPLACED = "misplaced"
    """To the dispatcher: by its corrected facts it is another office's."""


class EventData(msgspec.Struct, frozen=True, kw_only=True):
    """The data of an event; a member that is unset is left out."""


class Placed(EventData, frozen=True, kw_only=True):
    """Where the ticket lies."""

    district_code: str | None
    street_code: str | None
    community_code: str | None


class Received(EventData, frozen=True, kw_only=True):
    """The facts of a request for verification (RULEBOOK D.21-11), as columns may change. The event
    of a route has the request's place."""

    policy: str
    channel: Channel
    type: TicketType
    category: str | None
    urgency: Urgency
    anonymous: bool
    reachable: bool
    request_hash: str | UnsetType = UNSET
    """Of the words, salted; an older version did not tell it."""
    no_citizen: bool | UnsetType = UNSET
    """Set where nobody can be called (RULEBOOK D.9.1)."""
    secret: bool | UnsetType = UNSET
    repeat_of: str | UnsetType = UNSET
    """The ticket that the citizen asks again about, if there is one."""
    district_code: str | UnsetType | None = UNSET
    street_code: str | UnsetType | None = UNSET
    community_code: str | UnsetType | None = UNSET


class Added(Placed, frozen=True, kw_only=True):
    request_hash: str | UnsetType = UNSET
    """Of the words as they are now, salted."""


class Routed(Placed, frozen=True, kw_only=True):
    """Codes and figures of a route, none of the caller's words; each office's part, where it was
    dispatched."""

    decision: DecisionKind
    office_code: str | None
    confidence: float
    method: str
    gazetteer: str
    offices: dict[str, DispatchRole] | UnsetType = UNSET


class Given(Placed, frozen=True, kw_only=True):
    """Each office's part, the due time, and where the ticket lies from then on."""

    offices: dict[str, DispatchRole]
    due_at: datetime | None


class Ruled(Given, frozen=True, kw_only=True):
    decision: Ruling
    parent_number: str | UnsetType = UNSET


class Unmerged(Given, frozen=True, kw_only=True):
    parent_number: str


class Merged(EventData, frozen=True, kw_only=True):
    parent_number: str


class LetGo(EventData, frozen=True, kw_only=True):
    """The group's size without this member."""

    member_number: str
    members: int


class Adopted(LetGo, frozen=True, kw_only=True):
    """The group's size and urgency with this member; `same_citizen`, only where it is so: one
    person's in the group already; `whistles`: its open ones, which now keep the group's reply."""

    urgency: Urgency
    same_citizen: bool | UnsetType = UNSET
    whistles: list[str] | UnsetType = UNSET


class Corrected(EventData, frozen=True, kw_only=True):
    """What was taken down wrong, each with its former value; words stand beside, and of the citizen
    a hash of former and corrected values, which stand in a row of their own."""

    members: list[str]
    citizen_hash: str | UnsetType = UNSET
    request_hash: str | UnsetType = UNSET
    anonymous: bool | UnsetType = UNSET
    reachable: bool | UnsetType = UNSET
    no_citizen: bool | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    former_category: str | UnsetType | None = UNSET
    urgency: Urgency | UnsetType = UNSET
    former_urgency: Urgency | UnsetType = UNSET
    occurred_at: datetime | UnsetType | None = UNSET
    former_occurred_at: datetime | UnsetType | None = UNSET
    district_code: str | UnsetType | None = UNSET
    street_code: str | UnsetType | None = UNSET
    community_code: str | UnsetType | None = UNSET
    former_street_code: str | UnsetType | None = UNSET


class Transferred(EventData, frozen=True, kw_only=True):
    service: str


class Returned(EventData, frozen=True, kw_only=True):
    """The district in whose queue it lay."""

    queue: str


class Declined(EventData, frozen=True, kw_only=True):
    reason_code: str


class Contacted(EventData, frozen=True, kw_only=True):
    method: Method
    reached: bool


class Relayed(EventData, frozen=True, kw_only=True):
    """`done`: whether the hotline passed the text on; unset while the office asks for it."""

    done: bool | UnsetType = UNSET


class Replied(EventData, frozen=True, kw_only=True):
    """The office's own word on its answer to the citizen; empty if it could not answer."""

    method: Method | UnsetType = UNSET
    claimed_at: datetime | UnsetType | None = UNSET
    published: bool | UnsetType = UNSET
    """Set where it was answered publicly at its source (RULEBOOK D.9.1)."""


class Reviewed(EventData, frozen=True, kw_only=True):
    approve: bool


class Withdrawn(EventData, frozen=True, kw_only=True):
    after_contact: bool


class Objected(EventData, frozen=True, kw_only=True):
    ground: Ground
    proposed_office_code: str | None


class ExtensionAsked(EventData, frozen=True, kw_only=True):
    reason_code: str
    due_at: datetime


class ExtensionDecided(Reviewed, frozen=True, kw_only=True):
    due_at: datetime | None


class HoldAsked(EventData, frozen=True, kw_only=True):
    """`milestones`: the instant of each step of the plan."""

    reason_code: HoldReason
    review_at: datetime
    level: HoldLevel | UnsetType = UNSET
    milestones: list[str] | UnsetType = UNSET


class HoldDecided(Reviewed, frozen=True, kw_only=True):
    review_at: datetime


class Resumed(EventData, frozen=True, kw_only=True):
    done: bool


class HoldEnded(EventData, frozen=True, kw_only=True):
    """The level at which the next hold stands."""

    level: HoldLevel


class Warned(EventData, frozen=True, kw_only=True):
    warning: str


class Escalated(Warned, frozen=True, kw_only=True):
    """`level` stands in older events of a supervision without an answer."""

    level: SupervisionLevel | UnsetType = UNSET


class OfWhistle(EventData, frozen=True, kw_only=True):
    whistle_number: str


class WhistleBegun(OfWhistle, frozen=True, kw_only=True):
    """`member_number`: the member of the group for which it was blown, where not for the ticket."""

    member_number: str | UnsetType = UNSET


class Alarmed(EventData, frozen=True, kw_only=True):
    """For whom an alarm rings; `level` is the level of a supervision without an answer."""

    alarm: Alarm
    to: list[Part]
    level: SupervisionLevel | UnsetType = UNSET


class Supervised(EventData, frozen=True, kw_only=True):
    """`office_code` is the joint office that a street asks."""

    level: SupervisionLevel
    answer_due_at: datetime
    office_code: str | UnsetType = UNSET


class SupervisionsAnswered(EventData, frozen=True, kw_only=True):
    """The events of the supervisions that it answers; set while any waits for an answer."""

    supervision_seqs: list[int] | UnsetType = UNSET


class Advised(EventData, frozen=True, kw_only=True):
    to_office_code: str
    about: About
    answer_due_at: datetime


class AdviceAnswered(EventData, frozen=True, kw_only=True):
    """The event of the advice that is answered."""

    advice_seq: int


class Urged(EventData, frozen=True, kw_only=True):
    """How often it was urged; `flagged`: often enough that the district is told."""

    urged: int
    flagged: bool


class Graded(EventData, frozen=True, kw_only=True, rename={"old": "from", "new": "to"}):
    old: Urgency
    new: Urgency


class Attached(EventData, frozen=True, kw_only=True):
    sha256: str
    media_type: str
    size: int


class Registered(EventData, frozen=True, kw_only=True):
    """The registry's part in an assessment, as of its day: the lead office's district and the
    category's industry."""

    district_code: str | None
    industry_office: str | None


class Answered(EventData, frozen=True, kw_only=True):
    """The citizen's answers, in the words of callbacks."""

    reach: str
    contacted: str | None
    resolved: str | None
    satisfied: str | None


class CalledBack(Answered, frozen=True, kw_only=True):
    """`assessed` stands in the citizen's first final callback."""

    reasonable: bool | None
    final: bool
    assessed: Registered | UnsetType = UNSET


class Seen(EventData, frozen=True, kw_only=True):
    """A verification in place of a callback; `assessed` as there."""

    method: Verified
    resolved: str
    assessed: Registered | UnsetType = UNSET


class MemberCalled(EventData, frozen=True, kw_only=True):
    """On the parent: the last citizen of its group was called, or the last result verified."""

    member_number: str
    final: bool


class ExclusionAsked(EventData, frozen=True, kw_only=True):
    code: str


class ExclusionJudged(Reviewed, frozen=True, kw_only=True):
    code: str


class Disputed(EventData, frozen=True, kw_only=True):
    callback_id: int


class HeardAgain(Answered, frozen=True, kw_only=True):
    """`differs`: the recording and the record have different answers."""

    callback_id: int
    differs: bool


class Imported(EventData, frozen=True, kw_only=True):
    """A case of an older system; `excluded` is the code by which that had excluded it."""

    policy: str
    channel: Channel
    type: TicketType
    category: str | None
    urgency: Urgency
    anonymous: bool
    request_hash: str | UnsetType = UNSET
    office_code: str
    district_code: str | None
    street_code: str | None
    assessed: Registered
    excluded: str | None
    merge_group: str | None
    received_at: datetime
    replied_at: datetime | None
    acknowledged_at: datetime | UnsetType | None = UNSET
    dispatched_at: datetime | UnsetType = UNSET
    contacts: list[tuple[str, Method, bool]] | UnsetType = UNSET
    """Of each the instant, the method, and whether the citizen was reached."""
    called_at: datetime | UnsetType = UNSET
    answers: list[str | None] | UnsetType = UNSET
    """Reach, contacted, resolved, satisfied."""
    verified: Verified | UnsetType = UNSET
    """How it was verified, in place of a callback."""


class Erased(EventData, frozen=True, kw_only=True):
    why: ErasedFor


DATA: dict[Action, tuple[type[EventData], ...]] = {
    Action.RECEIVE: (Received,),
    Action.IMPORT: (Imported,),
    Action.ROUTE: (Routed,),
    Action.ADD: (Added,),
    Action.TRANSFER: (Transferred,),
    Action.HAND_ON: (Transferred,),
    Action.DECLINE: (Declined,),
    Action.EXPIRE: (Declined,),
    Action.DISPATCH: (Given,),
    Action.RETURN: (Returned,),
    Action.CONTACT: (Contacted,),
    Action.RELAY: (Relayed,),
    Action.NOTE: (SupervisionsAnswered,),
    Action.FEED_BACK: (SupervisionsAnswered,),
    Action.REPLY: (Replied,),
    Action.REVIEW: (Reviewed,),
    Action.OBJECT: (Objected,),
    Action.RULE_OBJECTION: (Ruled,),
    Action.CONCLUDE: (Given,),
    Action.REQUEST_EXTENSION: (ExtensionAsked,),
    Action.DECIDE_EXTENSION: (ExtensionDecided,),
    Action.REQUEST_HOLD: (HoldAsked,),
    Action.DECIDE_HOLD: (HoldDecided,),
    Action.RESUME: (Resumed,),
    Action.END_HOLD: (HoldEnded,),
    Action.MERGE: (Merged,),
    Action.ADOPT: (Adopted,),
    Action.UNMERGE: (Unmerged,),
    Action.LET_GO: (LetGo,),
    Action.GRADE: (Graded,),
    Action.URGE: (Urged,),
    Action.SUPERVISE: (Supervised,),
    Action.ADVISE: (Advised,),
    Action.ANSWER_ADVICE: (AdviceAnswered,),
    Action.WARN: (Warned,),
    Action.ESCALATE: (Escalated,),
    Action.ALARM: (Alarmed,),
    Action.WHISTLE: (WhistleBegun,),
    Action.WHISTLE_OVER: (OfWhistle,),
    Action.CALLBACK: (CalledBack, MemberCalled),
    Action.VERIFICATION: (Seen, MemberCalled),
    Action.WITHDRAW: (Withdrawn,),
    Action.ATTACH: (Attached,),
    Action.REQUEST_EXCLUSION: (ExclusionAsked,),
    Action.REVIEW_EXCLUSION: (ExclusionJudged,),
    Action.DECIDE_EXCLUSION: (ExclusionJudged,),
    Action.DISPUTE: (Disputed,),
    Action.CORRECT: (Corrected, HeardAgain),
    Action.HEAR_AGAIN: (HeardAgain,),
    Action.ERASE: (Erased,),
}
"""The kinds of data of each action; all other actions have empty data."""


def as_json(data: EventData | None) -> dict[str, Any]:
    """The data as the database keeps it. An instant keeps its zone, as isoformat writes it."""
    if data is None:
        return {}
    members: dict[str, Any] = msgspec.to_builtins(data, builtin_types=(datetime,))
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in members.items()
    }


@cache
def name(member: object) -> str:
    """A member's name in the JSON: `name(Graded.new)` is `to`."""
    assert isinstance(member, MemberDescriptorType)
    fields = msgspec.structs.fields(member.__objclass__)
    return next(field.encode_name for field in fields if field.name == member.__name__)


def read(data: Mapping[str, Any], member: T) -> T:
    """A member of an event's data, as written. Raises KeyError if it is left out."""
    value: T = data[name(member)]
    return value
