"""Objections: who says that a ticket is another's, how that is ruled, and how 会商 ends it (D.8).

Cities count returns (回退率 [B26]) and tell no figures: the shares are plausible, and ours.
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
"""Some try it with what is theirs."""

EXCUSES = {
    Ground.NOT_MY_AREA: 45,
    Ground.NOT_MY_DUTY: 20,
    Ground.NOT_ACCEPTABLE: 15,
    Ground.INFO_WRONG: 15,
    Ground.DUPLICATE: 5,
}
UPHELD = 0.92
"""Of what is true, and is not talked over by all; of what is not true it is …"""

BELIEVED = 0.08
"""… and so it comes to an office that says the same."""

CONSULTED = 0.06
OF_THE_REQUEST = {
    Ground.DUPLICATE: (Ruling.DUPLICATE, 0.8),
    Ground.NOT_ACCEPTABLE: (Ruling.NOT_ACCEPTABLE, 0.4),
    Ground.INFO_WRONG: (Ruling.INFO_WRONG, 0.5),
}
"""Grounds that speak of the request, not of an office: what is then ruled, and how often."""

NOT_RULED = 0.03
RULED_LATE = 0.05
"""By the city's dispatcher, where the district was silent."""

NOT_CONCLUDED = 0.05
HELPS = 0.5
"""After 会商 the other one helps."""


def object_to(life: Life) -> Iterator[Step]:
    """T10: in its window, by who has the ticket now; anyone but the right office with reason."""
    right = right_office(life)
    wrong = life.ticket.office_code != right
    if not (life.likely(WRONG_OBJECTED) if wrong else life.seldom(RIGHT_OBJECTED)):
        return
    said = complaint(life, right) if wrong else excuse(life)
    if said:
        window = life.change.policy.objection.window[life.ticket.urgency]
        at = life.after(window, 1.5, 4)
        yield Step(
            at,
            life.handler(),
            Action.OBJECT,
            objecting.object_to,
            said,
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
    said = "经核实，该诉求不属本单位办理。"
    return NewObjection(
        ground=ground, text=said, evidence="权责清单、现场照片", proposed_office_code=proposed
    )


def joins(life: Life) -> bool:
    """Whether it doubles another citizen's ticket that is still at work."""
    if life.kin is None or life.merged or life.ticket.members:
        return False
    parent = life.kin.ticket
    return parent.status in AT_OFFICES and not parent.reworks and parent.merged_into is None


AT_OFFICES = frozenset(
    {Status.TO_DISPATCH, Status.DISPATCHED, Status.ACKNOWLEDGED, Status.IN_PROGRESS}
)


def rule(life: Life, said: NewObjection) -> Iterator[Step]:
    """T11 to T13: by the district inside itself, else by the city; some in silence."""
    if life.ticket.status is not Status.OBJECTED or life.seldom(NOT_RULED):
        return
    rules = life.change.policy.objection
    limit, late = rules.decide[life.ticket.urgency], life.seldom(RULED_LATE)
    district = None if late else life.ticket.objection_district
    ruling = verdict(life, said, inside=district is not None)
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


def verdict(life: Life, said: NewObjection, *, inside: bool) -> Ruling:
    if said.ground in OF_THE_REQUEST:
        ruling, share = OF_THE_REQUEST[said.ground]
        grouped = life.ticket.members > 0 or (ruling is Ruling.DUPLICATE and not joins(life))
        return ruling if life.likely(share) and not grouped else Ruling.REJECT
    if not inside and life.seldom(CONSULTED):
        return Ruling.CONSULT
    true = said.proposed_office_code == right_office(life)
    upheld = life.likely(UPHELD) if true else life.seldom(BELIEVED)
    return Ruling.UPHOLD if upheld else Ruling.REJECT


def ruled(life: Life, ruling: Ruling) -> NewRuling:
    parent = life.kin.ticket.number if life.kin and ruling is Ruling.DUPLICATE else None
    return NewRuling(decision=ruling, text="经审核作出裁定。", parent_number=parent)


def conclude(life: Life) -> Step | None:
    """T13: 会商 finds the right one; who had it may have to help."""
    if life.likely(NOT_CONCLUDED):
        return None
    lead, own = right_office(life), life.ticket.office_code or ""
    fit = own != lead and not (is_street(life, own) and duty(life).department_duty)
    said = Conclusion(
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
        said,
        check=objecting.check_conclusion,
    )
