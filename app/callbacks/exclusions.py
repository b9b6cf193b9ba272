"""Exclusions 剔除: an office asks, its district reviews, the evaluator decides (D.10).

X3 (fabricated or malicious) needs a supervisor's flag beside the district's review. A no of
district or supervisor ends the request; a district that is silent for its days is passed over.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.roles import HANDLERS, Role
from app.callbacks import appeals, conduct
from app.callbacks.answers import Answers, ExclusionCode
from app.callbacks.models import Assessment, Correction, Exclusion, ExclusionRequest
from app.callbacks.schemas import ExclusionView, NewExclusion
from app.kit.errors import Conflict, NotFound
from app.kit.messages import Message
from app.kit.web.paging import Order, Page, instant
from app.tickets.acts.change import Change
from app.tickets.acts.extension import four_eyes
from app.tickets.acts.forms import Decision
from app.tickets.event_data import ExclusionAsked, ExclusionJudged
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action
from app.tickets.life.parts import Part
from app.tickets.models import Ticket
from app.tickets.views import scope
from app.tickets.views.lists import Paging
from app.tickets.views.view import Viewer


class NotAssessed(Conflict):
    title = "No callback has settled what this ticket counts"


class ExclusionLate(Conflict):
    title = "The time to ask for exclusion has passed"


class ExclusionRepeated(Conflict):
    title = "Its exclusion was asked for before"


class CitizenContent(Conflict):
    title = "A resolved and satisfied ticket stays counted"


class NoExclusionAsked(Conflict):
    title = "Nobody has asked to exclude this ticket"


class ExclusionSettled(Conflict):
    title = "That word on the exclusion was given before"


class ReviewUnneeded(Conflict):
    title = "This exclusion needs no such review"


class ReviewLate(Conflict):
    title = "The time to review the exclusion has passed"


class ReviewAwaited(Conflict):
    title = "The district may still review the exclusion"


class FlagMissing(Conflict):
    title = "Fabricated or malicious is for a supervisor to flag first"


class DecisionLate(Conflict):
    title = "The period is frozen: what was undecided is not excluded"


class NoSuchExclusion(NotFound):
    title = "Nobody has asked to exclude this ticket"


def assessed(change: Change) -> Assessment:
    """The ticket's assessment. Refuses (NotAssessed) before its first final callback."""
    assessment = change.session.get(Assessment, change.ticket.number)
    if assessment is None:
        raise NotAssessed(Message("wait for its callback"))
    return assessment


def check_part(change: Change) -> None:
    """The assessed office asks (D.13.2), and its district reviews. Refuses (NotYourPart) others."""
    caller, fact = change.caller, change.session.get(Assessment, change.ticket.number)
    if caller is None or fact is None:
        return
    if caller.role in HANDLERS and caller.office_code != fact.office_code:
        raise NotYourPart(Message("that is for the office that it counts for"))
    if caller.role is Role.DISTRICT and fact.district_code not in (None, caller.office_code):
        raise NotYourPart(Message("it is reviewed by the district of the office that asked"))


def check_discontent(change: Change, fact: Assessment) -> None:
    """Refuses (CitizenContent) a ticket that the citizen called resolved and satisfied."""
    row: Assessment | Correction = change.session.get(Correction, fact.ticket_number) or fact
    if conduct.content(Answers(row.reach, row.contacted, row.resolved, row.satisfied)):
        raise CitizenContent(Message("the citizen called it resolved and is satisfied"))


def ask(change: Change, body: NewExclusion) -> None:
    """The office that the ticket counts for asks once, within `exclude.request_days`."""
    fact = assessed(change)
    if change.session.get(ExclusionRequest, fact.ticket_number):
        raise ExclusionRepeated(Message("a ticket's exclusion is asked for once"))
    if change.session.get(Exclusion, fact.ticket_number):
        raise ExclusionRepeated(Message("the older system had excluded it"))
    until = appeals.asked_until(change.policy, fact.assessed_at)
    if change.now > until:
        raise ExclusionLate(Message("it could be asked for until {until}", until=until))
    check_discontent(change, fact)
    change.session.add(
        ExclusionRequest(
            ticket_number=fact.ticket_number,
            seq=change.ticket.version + 1,
            office_code=fact.office_code,
            district_code=fact.district_code,
            code=body.code,
            asked_at=change.now,
        )
    )
    if body.code is ExclusionCode.X3:
        change.ticket.flag_asked_at = change.now
    change.record(
        Action.REQUEST_EXCLUSION,
        change.ticket.status,
        data=ExclusionAsked(code=body.code),
        words={"text": body.text, "evidence": body.evidence},
    )


def asked(change: Change) -> ExclusionRequest:
    """The open request. Refuses NoExclusionAsked, and ExclusionSettled where it has ended."""
    request = change.session.get(ExclusionRequest, change.ticket.number)
    if request is None:
        raise NoExclusionAsked(Message("an office asks first"))
    if request.approved is not None or False in (request.reviewed, request.flagged):
        raise ExclusionSettled(Message("it was decided, or refused in review"))
    return request


def review(change: Change, body: Decision) -> None:
    """The district reviews the request; an X3 is also flagged by a supervisor, or not."""
    request = asked(change)
    four_eyes(change, request.seq)
    if Part.SUPERVISOR in change.parts:
        flag(change, request, body.approve)
        change.ticket.flag_asked_at = None
    else:
        pre_review(change, request, body.approve)
        await_flag(change, request)
    data = ExclusionJudged(approve=body.approve, code=request.code)
    change.record(
        Action.REVIEW_EXCLUSION, change.ticket.status, data=data, words={"text": body.text}
    )


def await_flag(change: Change, request: ExclusionRequest) -> None:
    """A request that has ended awaits no flag."""
    if request.approved is not None or request.reviewed is False:
        change.ticket.flag_asked_at = None


def pre_review(change: Change, request: ExclusionRequest, approve: bool) -> None:
    if request.district_code is None:
        raise ReviewUnneeded(Message("the office lies in no district"))
    if request.reviewed is not None:
        raise ExclusionSettled(Message("the district has reviewed it"))
    until = appeals.reviewed_until(change.policy, request.asked_at)
    if change.now > until:
        raise ReviewLate(Message("it could be reviewed until {until}", until=until))
    request.reviewed, request.reviewed_at = approve, change.now


def flag(change: Change, request: ExclusionRequest, approve: bool) -> None:
    if request.code is not ExclusionCode.X3:
        raise ReviewUnneeded(
            Message("an {code} is reviewed by the district only", code=request.code)
        )
    if request.flagged is not None:
        raise ExclusionSettled(Message("a supervisor has flagged it"))
    request.flagged, request.flagged_at = approve, change.now


def decide(change: Change, body: Decision) -> None:
    """The evaluator decides; an approved ticket counts in none of the three rates."""
    fact, request = assessed(change), asked(change)
    four_eyes(change, request.seq)
    frozen_at = appeals.decided_until(change.city.periods.of(fact.assessed_at))
    if change.now > frozen_at:
        raise DecisionLate(Message("it could be decided until {frozen_at}", frozen_at=frozen_at))
    check_reviewed(change, request)
    if body.approve:
        approve(change, fact, request)
    request.approved, request.decided_at = body.approve, change.now
    await_flag(change, request)
    data = ExclusionJudged(approve=body.approve, code=request.code)
    change.record(
        Action.DECIDE_EXCLUSION, change.ticket.status, data=data, words={"text": body.text}
    )


def check_reviewed(change: Change, request: ExclusionRequest) -> None:
    """Refuses (ReviewAwaited) while the district's days run without its review."""
    until = appeals.reviewed_until(change.policy, request.asked_at)
    if request.district_code and request.reviewed is None and change.now <= until:
        raise ReviewAwaited(Message("the district has time until {until}", until=until))


def approve(change: Change, fact: Assessment, request: ExclusionRequest) -> None:
    check_discontent(change, fact)
    if request.code is ExclusionCode.X3 and not request.flagged:
        raise FlagMissing(Message("no supervisor has flagged it"))
    change.ticket.excluded = True
    change.session.add(
        Exclusion(
            ticket_number=fact.ticket_number,
            code=request.code,
            decided_at=change.now,
            recorded_at=change.now,
        )
    )


def waiting(viewer: Viewer, paging: Paging) -> Page[ExclusionView]:
    """Open requests of the tickets in the viewer's scope, oldest first."""
    query = (
        select(ExclusionRequest)
        .join(Ticket, Ticket.number == ExclusionRequest.ticket_number)
        .where(scope.visible(viewer.caller), ExclusionRequest.approved.is_(None), UNREFUSED)
    )
    rows, after = ASKED_FIRST.page(viewer.session, query, paging.cursor, paging.limit)
    return Page(items=[ExclusionView.model_validate(row) for row in rows], next=after)


ASKED_FIRST = Order((ExclusionRequest.asked_at, ExclusionRequest.ticket_number), (instant, str))

UNREFUSED = ExclusionRequest.reviewed.is_not(False) & ExclusionRequest.flagged.is_not(False)


def show(session: Session, number: str) -> ExclusionView:
    """Refuses (NoSuchExclusion) a ticket without a request."""
    request = session.get(ExclusionRequest, number)
    if request is None:
        raise NoSuchExclusion(Message("no exclusion of {number} was asked for", number=number))
    return ExclusionView.model_validate(request)
