"""Tickets as they are shown."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field

from app.kit.web.paging import Page
from app.kit.web.wire import At, View
from app.offices.catalogue import Urgency
from app.suggest.schemas import DoubtView
from app.tickets.citizens import CitizenView
from app.tickets.life import duties
from app.tickets.life.alarms import Alarm
from app.tickets.life.holds import About, SupervisionLevel
from app.tickets.life.lifecycle import Action, Channel, Status, TicketType
from app.tickets.life.likeness import Matching, Placing
from app.tickets.personal import Kind


class OfficeBrief(View):
    code: str
    name: str
    district_code: str | None


class AddressView(View):
    text: str
    district_code: str | None
    lon: float | None
    lat: float | None


class SourceView(View):
    """Where a problem was published."""

    outlet: str | None
    title: str | None
    url: str | None
    published_at: At | None


class JointBrief(OfficeBrief):
    """A joint office, with the clock and the newest text of its own answer."""

    answer_due_at: At | None
    answered_at: At | None
    text: str | None
    measures: str | None


class Asked(StrEnum):
    """A supervision 督办, or an advice 建议."""

    SUPERVISION = "supervision"
    ADVICE = "advice"


class AskedView(View):
    """What is asked of an office by a time, with its answer; a supervision of the lead office names
    none. `level` is of a supervision, `about` of an advice."""

    kind: Asked
    seq: int
    office_code: str | None
    level: SupervisionLevel | None
    about: About | None
    text: str | None
    asked_at: At
    answer_due_at: At
    answered_at: At | None
    answer: str | None


class WordsView(View):
    """Words in an event: of the newest reply, return of a reply, or callback."""

    seq: int
    at: At
    text: str
    measures: str | None = None


class TicketView(View):
    number: str
    status: Status
    version: int
    channel: Channel
    type: TicketType
    category: str | None
    title: str
    content: str
    urgency: Urgency
    address: AddressView
    district_code: str | None
    community_code: str | None
    office: OfficeBrief | None
    joint_offices: list[JointBrief]
    asked: list[AskedView]
    reply: WordsView | None
    returned: WordsView | None
    callback_reason: WordsView | None
    route: dict[str, Any]
    citizen: CitizenView
    received_at: At
    dispatched_at: At | None
    acknowledged_at: At | None
    contacted_at: At | None
    replied_at: At | None
    assessed_at: At | None
    closed_at: At | None
    updated_at: At
    acknowledge_due_at: At | None
    contact_due_at: At | None
    due_at: At | None
    contact_attempts: int
    next_attempt_from: At | None
    relay_asked_at: At | None
    danger_asked_at: At | None
    overdue: bool
    excluded: bool
    merged_into: str | None
    members: int
    repeat_of: str | None
    urged: int
    open_whistles: int
    external_id: str | None
    line: str | None
    source: SourceView | None
    occurred_at: At | None
    erased_at: At | None
    policy: str
    allowed: list[Action]


class WaitingView(TicketView):
    """A ticket in an inbox: as what it lies there, the newest alarm that rings for whom it waits or
    else the step awaited, since when and until when, and every alarm that rings for him."""

    kind: duties.Kind
    because: str
    waits_since: At
    waits_until: At | None
    alarms: list[Alarm]


class ErrandView(View):
    """What waits beside tickets: a summons of a whistle 吹哨, or a whistle for its street or its
    district. `whistle` has its `status`, `kind`, `level`, `matter`, `place`, `meeting_point` and
    `street_code`, and of an act about a summoned office its `summoned_office_code`. Or an
    evaluation, with its `period`, `street_code` and `office_code`."""

    kind: str
    because: str
    waits_since: At
    waits_until: At
    alarms: list[Alarm]
    whistle_number: str | None
    whistle: dict[str, Any] | None
    evaluation: dict[str, Any] | None


class ChangesPage(Page[TicketView]):
    """`resume`, with `updated_after` only: whatever had changed by then is listed, so that the next
    poll asks `updated_after` it. `count` and `capped`, with `count=capped` only: how many tickets
    the filters leave, or at least that many."""

    resume: At | None = None
    count: int | None = None
    capped: bool | None = None


class RelatedCitizen(View):
    """Masked."""

    name: str | None
    phone: str | None


class RelatedView(View):
    """A ticket of the caller of a new request, or of its place: open, or finished not long ago."""

    number: str
    status: Status
    type: TicketType
    category: str | None
    urgency: Urgency
    title: str
    address: str
    received_at: At
    closed_at: At | None
    merged_into: str | None
    office: OfficeBrief | None
    citizen: RelatedCitizen
    why: Literal["both", "caller", "place"]


class SuggestedView(View):
    """What the caller's words suggest, with those words."""

    category: str
    urgency: Urgency
    words: list[str]


class WarningView(View):
    """Personal data at `start:end` of a free text, which whoever sees the ticket reads."""

    pointer: str
    kind: Kind | Literal["odd_telephone"]
    start: int
    end: int


class ReceivedView(TicketView):
    """A new ticket, with what its operator should know while the citizen is on the line."""

    related: list[RelatedView]
    suggested: SuggestedView | None
    possible_danger: DoubtView | None
    """Where no danger is known: what the operator should ask about."""
    tell: list[str]
    """Services that must be told as well."""
    warnings: list[WarningView]


class UrgedView(ReceivedView):
    """An open ticket that its own citizen told once more."""

    duplicate_of_open: Literal[True] = True


class MemberView(View):
    """A ticket that was merged into another, as far as who works on the group needs it."""

    number: str
    citizen: CitizenView
    joined_at: At
    contact_due_at: At | None
    contacted_at: At | None
    callback_due_at: At | None
    assessed_at: At | None
    same_citizen: bool
    """One person's, who is contacted and called under another number of the group; no office is
    told so where some of the group are secret."""


class MergeCandidate(View):
    number: str
    status: Status
    category: str | None
    urgency: Urgency
    title: str
    address: str
    office_code: str | None
    received_at: At


class MergeProposal(View):
    """`ticket` may be merged into `parent`; by what they are alike, and whether one person made
    both."""

    ticket: MergeCandidate
    parent: MergeCandidate
    matter: Matching
    place: Placing
    same_citizen: bool


class EventView(View):
    seq: int
    at: At
    due_at: At | None
    actor: str
    actor_label: str | None
    """The label of the actor's key; of what happened by itself there is none."""
    role: str | None
    action: Action
    from_: Annotated[Status | None, Field(serialization_alias="from")]
    to: Status
    data: dict[str, Any]


class Contacted(View):
    """`callback_phone` is left out where there is none."""

    name: str | None
    phone: str | None
    callback_phone: str = ""
