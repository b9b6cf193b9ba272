"""Forms of a finished case of an older system, and the result of an import."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from app.callbacks.answers import ExclusionCode, Reach
from app.callbacks.schemas import Answered, Verdict
from app.kit.messages import Message
from app.kit.web.wire import At, Flag, Form, OfficeCode, Prose, Told, View
from app.offices.catalogue import Urgency
from app.tickets.acts.forms import NewAddress
from app.tickets.life.contacts import Method
from app.tickets.life.lifecycle import Channel, TicketType
from app.tickets.life.sources import SOURCES
from app.tickets.texts import Category, ExternalId


class PastContact(Form):
    at: Told
    method: Method
    reached: Flag


class PastCallback(Answered):
    at: Told
    method: ClassVar[None] = None


class PastVerification(Verdict):
    """In place of a callback, of a request that had a source and no citizen (RULEBOOK D.9.1)."""

    at: Told
    reach: ClassVar[Reach] = Reach.VERIFIED
    contacted: ClassVar[None] = None
    satisfied: ClassVar[None] = None


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
    callback: PastCallback | None = None
    verification: Annotated[PastVerification | None, Field(validate_default=True)] = None
    merge_group: ExternalId | None = None
    excluded: PastExclusion | None = None

    @field_validator("verification")
    @classmethod
    def _has_one_result(
        cls, verification: PastVerification | None, info: ValidationInfo
    ) -> PastVerification | None:
        if (verification is None) is (info.data.get("callback") is None):
            raise ValueError(Message("a finished case has a callback or a verification"))
        if verification and info.data.get("channel") not in SOURCES:
            raise ValueError(
                Message("only of a request by {sources} (RULEBOOK D.9.1)", sources=sorted(SOURCES))
            )
        return verification

    @property
    def result(self) -> PastCallback | PastVerification:
        result = self.callback or self.verification
        assert result is not None  # it has one
        return result


class RejectedLine(View):
    line: int
    errors: list[dict[str, str]]


class Imported(View):
    """The result of an import; `unlisted` counts rejected lines beyond those listed."""

    accepted: int = 0
    replayed: int = 0
    rejected: list[RejectedLine] = Field(default_factory=list)
    unlisted: int | None = None


class ImportedDay(View):
    """Of the cases, `earliest_at` and `latest_at` tell when they were taken in."""

    day: date
    cases: int
    earliest_at: At
    latest_at: At


class ImportsView(View):
    items: list[ImportedDay]
