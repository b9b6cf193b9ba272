"""Objections of offices, their rulings, and the conclusion of 会商 (D.8).

Cities count returns (回退率 [B26]) and publish no figures: the shares are plausible, and ours.
"""

from collections.abc import Iterator

from app.access.roles import Role
from app.kit.workdays import times
from app.simulate.desks import duty, is_street, neighbour, right_office
from app.simulate.life import Life, Step, desk
from app.simulate.requests import drawn
from app.tickets.acts import objection as objecting
from app.tickets.acts.forms import Conclusion, NewObjection, NewRuling
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.objections import Ground, Ruling

WRONG_OBJECTED = 0.8
RIGHT_OBJECTED = 0.02
"""Some object to a ticket that is theirs."""

EXCUSES = {
    Ground.NOT_MY_AREA: 45,
    Ground.NOT_MY_DUTY: 20,
    Ground.NOT_ACCEPTABLE: 15,
    Ground.INFO_WRONG: 15,
    Ground.DUPLICATE: 5,
}
UPHELD = 0.92
"""Of true objections without 会商 …"""

BELIEVED = 0.08
"""… and of false ones, so that the next office objects too."""

CONSULTED = 0.06
OF_THE_REQUEST = {
    Ground.DUPLICATE: (Ruling.DUPLICATE, 0.8),
    Ground.NOT_ACCEPTABLE: (Ruling.NOT_ACCEPTABLE, 0.4),
    Ground.INFO_WRONG: (Ruling.INFO_WRONG, 0.5),
}
"""Grounds about the request, not about an office: the ruling that upholds them, and its share."""

NOT_RULED = 0.03
RULED_LATE = 0.05
"""By the city's dispatcher, after the district's silence."""

NOT_CONCLUDED = 0.05
HELPS = 0.5
"""After 会商 the former lead helps."""


def object_to(life: Life) -> Iterator[Step]:
    """T10: the lead office objects in its window, mostly if the ticket is another's."""
    right = right_office(life)
    wrong = life.ticket.office_code != right
    if not (life.likely(WRONG_OBJECTED) if wrong else life.seldom(RIGHT_OBJECTED)):
        return
    body = complaint(life, right) if wrong else excuse(life)
    if body:
        window = life.change.policy.objection.window[life.ticket.urgency]
        at = life.after(window, 1.5, 4)
        yield Step(
            at,
            life.handler(),
            Action.OBJECT,
            objecting.object_to,
            body,
            check=objecting.check_objection,
        )


def complaint(life: Life, right: str) -> NewObjection:
    ground = Ground.NOT_MY_DUTY
    if is_street(life, life.ticket.office_code):
        ground = Ground.NOT_MY_AREA if is_street(life, right) else Ground.DEPARTMENT_DUTY
    return objection(ground, right)


def excuse(life: Life) -> NewObjection | None:
    ground = Ground.DUPLICATE if joins(life) else drawn(life.asked.chance, EXCUSES)
    if ground in OF_THE_REQUEST:
        return objection(ground, None)
    other = neighbour(life, life.asked.home.street.code)
    return objection(ground, other) if other and other != life.ticket.office_code else None


def objection(ground: Ground, proposed: str | None) -> NewObjection:
    text = "经核实，该诉求不属本单位办理。"
    return NewObjection(
        ground=ground, text=text, evidence="权责清单、现场照片", proposed_office_code=proposed
    )


def joins(life: Life) -> bool:
    """Whether it doubles another citizen's ticket at work."""
    if life.kin is None or life.merged or life.ticket.members:
        return False
    parent = life.kin.ticket
    if parent.secret is not life.ticket.secret:
        return False
    return parent.status in AT_OFFICES and not parent.reworks and parent.merged_into is None


AT_OFFICES = frozenset(
    {Status.TO_DISPATCH, Status.DISPATCHED, Status.ACKNOWLEDGED, Status.IN_PROGRESS}
)


def rule(life: Life, body: NewObjection) -> Iterator[Step]:
    """T11 to T13: the district rules within itself, else the city; some are never ruled."""
    if life.ticket.status is not Status.OBJECTED or life.seldom(NOT_RULED):
        return
    rules = life.change.policy.objection
    limit, late = rules.decide[life.ticket.urgency], life.seldom(RULED_LATE)
    district = None if late else life.ticket.objection_district
    ruling = verdict(life, body, inside=district is not None)
    who = desk(Role.SUPERVISOR if ruling is Ruling.NOT_ACCEPTABLE else Role.DISPATCHER)
    at = (
        life.now + limit + life.asked.chance.random() * (times(limit, rules.silence_factor) - limit)
    )
    yield Step(
        at if late else life.after(limit, 2, 3),
        life.district(district) if district else who,
        Action.RULE_OBJECTION,
        objecting.rule,
        ruled(life, ruling),
        lambda: ruling is not Ruling.DUPLICATE or joins(life),
        objecting.check_ruling,
    )


def verdict(life: Life, body: NewObjection, *, inside: bool) -> Ruling:
    if body.ground in OF_THE_REQUEST:
        ruling, share = OF_THE_REQUEST[body.ground]
        grouped = life.ticket.members > 0 or (ruling is Ruling.DUPLICATE and not joins(life))
        return ruling if life.likely(share) and not grouped else Ruling.REJECT
    if not inside and life.seldom(CONSULTED):
        return Ruling.CONSULT
    true = body.proposed_office_code == right_office(life)
    upheld = life.likely(UPHELD) if true else life.seldom(BELIEVED)
    return Ruling.UPHOLD if upheld else Ruling.REJECT


def ruled(life: Life, ruling: Ruling) -> NewRuling:
    parent = life.kin.ticket.number if life.kin and ruling is Ruling.DUPLICATE else None
    return NewRuling(decision=ruling, text="经审核作出裁定。", parent_number=parent)


def conclude(life: Life) -> Step | None:
    """T13: 会商 finds the right office; the former lead may have to help."""
    if life.likely(NOT_CONCLUDED):
        return None
    lead, own = right_office(life), life.ticket.office_code or ""
    fit = own != lead and not (is_street(life, own) and duty(life).department_duty)
    body = Conclusion(
        lead_office_code=lead,
        joint_office_codes=[own] if fit and life.likely(HELPS) else [],
        text="经会商确定主办单位。",
    )
    at = life.after(life.change.policy.objection.consult_limit, 2, 2)
    return Step(
        at,
        desk(Role.PANEL),
        Action.CONCLUDE,
        objecting.conclude,
        body,
        check=objecting.check_conclusion,
    )
