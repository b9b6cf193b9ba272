"""Forms of a finished case of an older system, and the result of an import."""

from pydantic import Field

from app.callbacks.answers import ExclusionCode
from app.callbacks.schemas import Answered
from app.kit.web.wire import Flag, Form, OfficeCode, Prose, Told, View
from app.offices.catalogue import Urgency
from app.tickets.acts.forms import NewAddress
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Channel, TicketType
from app.tickets.texts import Category, ExternalId


class PastContact(Form):
    at: Told
    method: Method
    reached: Flag


class PastCallback(Answered):
    at: Told


class PastExclusion(Form):
    """The older system's final decision."""

    code: ExclusionCode
    text: Prose


class PastCase(Form):
    """One line of `POST /v1/imports/cases`; its times are the older system's own."""

    external_id: ExternalId
    type: TicketType
    channel: Channel
    category: Category | None
    address: NewAddress
    office_code: OfficeCode
    urgency: Urgency
    received_at: Told
    dispatched_at: Told
    acknowledged_at: Told | None = None
    contacts: list[PastContact]
    replied_at: Told | None = None
    callback: PastCallback
    merge_group: ExternalId | None = None
    excluded: PastExclusion | None = None


class RejectedLine(View):
    line: int
    errors: list[dict[str, str]]


class Imported(View):
    """The result of an import; `unlisted` counts rejected lines beyond those listed."""

    accepted: int = 0
    replayed: int = 0
    rejected: list[RejectedLine] = Field(default_factory=list)
    unlisted: int | None = None
