"""Objections and consultations: an office says a ticket is another's, and gets a ruling (D.8)."""

from collections.abc import Callable
from datetime import datetime

from msgspec import UNSET, UnsetType
from sqlalchemy import select

from app.city import district_of
from app.kit.errors import Invalid
from app.kit.messages import Message
from app.tickets.acts.change import Change
from app.tickets.acts.dispatching import dispatch, teaching
from app.tickets.acts.forms import Conclusion, NewObjection, NewRuling
from app.tickets.acts.merging import merge
from app.tickets.event_data import EndReason, Objected, Ruled
from app.tickets.life.guards import NotYourPart
from app.tickets.life.lifecycle import Action, IllegalMove, Status
from app.tickets.life.objections import NAMES_ANOTHER, UPHELD, Ground, Ruling, goes_to_consulting
from app.tickets.life.parts import Part
from app.tickets.life.timers import Fall
from app.tickets.proceedings import Objection


class OfficeUnnamed(Invalid):
    title = "Say whose ticket it is"


class ParentUnnamed(Invalid):
    title = "Say which ticket it doubles"


def object_to(change: Change, body: NewObjection) -> None:
    """T10, and T13 at once after enough upheld objections, or when two offices name each other."""
    ticket, lead = change.ticket, change.lead
    assert lead is not None  # only the lead office objects
    proposed = body.proposed_office_code
    consulted = goes_to_consulting(change.policy, ticket.upheld, proposed, ticket.objectors)
    ticket.objection_district = common_district(change, lead.office_code, proposed)
    ticket.objectors = [*ticket.objectors, lead.office_code]
    change.session.add(
        Objection(
            ticket_number=ticket.number,
            seq=ticket.version + 1,
            dispatch_seq=lead.seq,
            office_code=lead.office_code,
            ground=body.ground,
            proposed_office=proposed,
            raised_at=change.now,
        )
    )
    change.record(
        Action.OBJECT,
        data=Objected(ground=body.ground, proposed_office_code=proposed),
        words={"text": body.text, "evidence": body.evidence},
    )
    if consulted:
        close(change, Ruling.CONSULT)
        change.record(Action.CONSULT)


def common_district(change: Change, office_code: str, proposed: str | None) -> str | None:
    """The district of both offices, which then rules; None if the city rules."""
    district = district_of(change.city, office_code)
    inside = proposed and district_of(change.city, proposed) == district
    return district if inside else None


def check_objection(change: Change, body: NewObjection) -> None:
    """Refuses (OfficeUnnamed) a ground that needs another office without one."""
    code = body.proposed_office_code
    if code is None and body.ground in NAMES_ANOTHER:
        raise unnamed(
            "/proposed_office_code",
            Message("{ground} needs the office whose it is", ground=body.ground),
        )
    if code is not None:
        change.city.office(code, "/proposed_office_code", change.now)
        if code == change.ticket.office_code:
            raise unnamed("/proposed_office_code", Message("that is your own office"))


def unnamed(pointer: str, detail: Message) -> OfficeUnnamed:
    return OfficeUnnamed(detail, errors=[{"pointer": pointer, "detail": detail}])


def rule(change: Change, body: NewRuling) -> None:
    """T11, T11b, T12, T13: the ruling on an objection."""
    RULINGS[body.decision](change, body)


def check_ruling(change: Change, body: NewRuling) -> None:
    """Refuses (NotYourPart) by RULERS, and a ruling without the office or ticket that it needs."""
    who = RULERS[body.decision]
    if not change.parts & who:
        raise NotYourPart(
            Message("{decision} is said by: {who}", decision=body.decision, who=sorted(who))
        )
    if body.decision is Ruling.DUPLICATE:
        if body.parent_number is None:
            fault = {"pointer": "/parent_number", "detail": Message("required")}
            raise ParentUnnamed(errors=[fault])
        merge.check_parent(change, body.parent_number)
    if body.decision is Ruling.UPHOLD and change.ticket.status is Status.OBJECTED:
        check_upheld(change, body)


def check_upheld(change: Change, body: NewRuling) -> None:
    code = body.office_code or open_objection(change).proposed_office
    if code is None:
        raise unnamed("/office_code", Message("an upheld objection needs the office whose it is"))
    if Part.DISTRICT in change.parts:
        dispatch.check_inside(change, code)
    dispatch.check_offices(change, code)


def uphold(change: Change, body: NewRuling) -> None:
    """T11: to the named office, with a full clock; the objector keeps the duty of first contact."""
    code = body.office_code or open_objection(change).proposed_office
    assert code is not None  # check_upheld
    closed = close(change, Ruling.UPHOLD)
    dispatch.by_person(change, code, why=EndReason.UPHELD)
    misplaced = closed.ground is Ground.NOT_MY_AREA
    teaching.correct(change, closed.office_code, code, misplaced)
    ruled(change, body, Status.DISPATCHED)


def reject(change: Change, body: NewRuling) -> None:
    """T12: binding; no time is given back."""
    close(change, Ruling.REJECT)
    sign(change, change.now)
    ruled(change, body, Status.ACKNOWLEDGED)
    dispatch.begin_if_contacted(change)


def duplicate(change: Change, body: NewRuling) -> None:
    """T11b: into the group of the ticket that it doubles."""
    assert body.parent_number is not None  # check_ruling
    close(change, Ruling.DUPLICATE)
    merge.join(change, body.parent_number, EndReason.UPHELD)
    ruled(change, body, Status.MERGED, parent_number=body.parent_number)


def not_acceptable(change: Change, body: NewRuling) -> None:
    """T11b: the request should not have been accepted. Refuses (IllegalMove) a group: a supervisor
    first takes its members out, so that each citizen gets an answer."""
    if change.ticket.members:
        raise IllegalMove(Message("other citizens' tickets are merged into it"))
    close(change, Ruling.NOT_ACCEPTABLE)
    dispatch.end(change, EndReason.UPHELD)
    ruled(change, body, Status.NOT_ACCEPTED)


def info_wrong(change: Change, body: NewRuling) -> None:
    """T11b: back to the dispatcher, who must learn more."""
    close(change, Ruling.INFO_WRONG)
    dispatch.take_back(change, EndReason.UPHELD)
    teaching.take_back(change)
    ruled(change, body, Status.TO_DISPATCH)


def consult(change: Change, body: NewRuling) -> None:
    """T13: hotline and offices name lead and joint together; the lead stays until then."""
    close(change, Ruling.CONSULT)
    ruled(change, body, Status.CONSULTING)


RULERS: dict[Ruling, frozenset[Part]] = {
    Ruling.UPHOLD: frozenset({Part.DISPATCHER, Part.DISTRICT}),
    Ruling.REJECT: frozenset({Part.DISPATCHER, Part.DISTRICT}),
    Ruling.DUPLICATE: frozenset({Part.DISPATCHER}),
    Ruling.NOT_ACCEPTABLE: frozenset({Part.SUPERVISOR}),
    Ruling.INFO_WRONG: frozenset({Part.DISPATCHER}),
    Ruling.CONSULT: frozenset({Part.DISPATCHER}),
}
RULINGS: dict[Ruling, Callable[[Change, NewRuling], None]] = {
    Ruling.UPHOLD: uphold,
    Ruling.REJECT: reject,
    Ruling.DUPLICATE: duplicate,
    Ruling.NOT_ACCEPTABLE: not_acceptable,
    Ruling.INFO_WRONG: info_wrong,
    Ruling.CONSULT: consult,
}


def ruled(
    change: Change, body: NewRuling, to: Status, parent_number: str | UnsetType = UNSET
) -> None:
    shares = dispatch.shares(change)
    change.record(
        Action.RULE_OBJECTION,
        to,
        data=Ruled(decision=body.decision, parent_number=parent_number, **shares),
        words={"text": body.text},
    )


def sign(change: Change, at: datetime) -> None:
    """A rejected objector has the ticket, as if it had signed for it."""
    ticket, lead = change.ticket, change.lead
    ticket.acknowledged_at = ticket.acknowledged_at or at
    if lead:
        lead.acknowledged_at = ticket.acknowledged_at
    ticket.interim_office = None


def reject_by_silence(change: Change, fall: Fall) -> None:
    """D.8: nobody ruled within twice the limit; flagged by its own event."""
    close(change, Ruling.REJECT, by_silence=fall.at)
    sign(change, fall.at)
    change.record(Action.REJECT_OBJECTION, due_at=fall.at)
    dispatch.begin_if_contacted(change, fall.at)


def conclude(change: Change, body: Conclusion) -> None:
    """T13: 会商 names the lead office, finally; a new lead gets a new clock, the same one none
    (D.6.3)."""
    lead, joint = body.lead_office_code, body.joint_office_codes
    former, change.ticket.objection_locked = change.ticket.office_code, True
    if lead == former:
        dispatch.share_anew(change, joint, EndReason.CONSULTED)
    else:
        dispatch.by_person(change, lead, joint, EndReason.CONSULTED)
    teaching.correct(change, former, lead)
    change.record(Action.CONCLUDE, data=dispatch.given(change), words={"text": body.text})


def check_conclusion(change: Change, body: Conclusion) -> None:
    lead, joint = body.lead_office_code, body.joint_office_codes
    dispatch.check_offices(change, lead, joint, "/lead_office_code")


def open_objection(change: Change) -> Objection:
    query = select(Objection).where(
        Objection.ticket_number == change.ticket.number, Objection.ruling.is_(None)
    )
    change.session.flush()
    return change.session.scalars(query).one()


def close(change: Change, ruling: Ruling, by_silence: datetime | None = None) -> Objection:
    """Write the ruling; `by_silence` is the instant at which the time to rule ran out."""
    objection = open_objection(change)
    objection.ruling, objection.ruled_at = ruling, by_silence or change.now
    objection.by_silence = by_silence is not None
    if ruling in UPHELD:
        change.ticket.upheld += 1
    return objection
