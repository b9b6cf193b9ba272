"""The street blows the whistle 吹哨 for a ticket of its own, or for what a patrol found; it is
settled, raised, taken back or found false (RULEBOOK D.14). No source gives the shares: they are
plausible, and ours."""

from collections.abc import Callable, Iterator
from datetime import datetime
from random import Random

from app.access.roles import Role
from app.kit.workdays import day_of
from app.offices.directory import STREET_KINDS, OfficeEntry
from app.simulate import campaigns, evaluating, rosters, summonses
from app.simulate.life import DAY, HOUR, MINUTE, Life, Step, Task, desk
from app.simulate.requests import drawn
from app.simulate.whistle_life import MOST, Deed, WhistleLife, person, words
from app.tickets.acts import extension
from app.tickets.acts.forms import NewExtension, Reason
from app.tickets.life.lifecycle import Action, Status
from app.whistles.acts import blowing, escalating, false_signals, ruling, settling
from app.whistles.acts.forms import (
    AppealDecision,
    Composition,
    Coordination,
    FalseRuling,
    NewSummons,
    NewWhistle,
    OfficeStatement,
    Spot,
    Verification,
)
from app.whistles.life.clocks import default_level
from app.whistles.life.loop import (
    OVER,
    Finding,
    SummonsKind,
    SummonsStatus,
    WhistleAction,
    WhistleKind,
    WhistleLevel,
    WhistleOrigin,
    WhistleStatus,
)

A, S, K = WhistleAction, WhistleStatus, WhistleKind

BLOWN = 0.012
KINDS = {K.ENFORCEMENT: 50, K.EMERGENCY: 8, K.KEY_WORK: 17, K.BEYOND_DUTY: 8, K.APPEAL: 17}
TEAMS = {
    K.ENFORCEMENT: ("urban-enforcement", "market", "police", "fire", "transport", "ecology"),
    K.EMERGENCY: ("emergency", "fire", "police", "water", "urban-management"),
    K.KEY_WORK: ("housing", "planning", "greening", "urban-management", "water"),
    K.BEYOND_DUTY: ("housing", "urban-management", "transport", "ecology", "labour"),
    K.APPEAL: ("housing", "urban-management", "planning", "market", "water"),
}
"""Kinds of a district's departments that such a matter needs."""

SIZES = {1: 15, 2: 40, 3: 30, 4: 15}
ENTERPRISES = ("ent-power", "ent-water", "ent-gas", "ent-heat", "ent-drainage")
WITH_ENTERPRISE = 0.12
FOR_A_TICKET = 0.75
IN_PROGRESS = 0.35
BY_A_HANDLER = 0.4
"""Of W1, which more people than the chief may blow."""

DRAFTED = 0.2
CONFIRMED = 0.85
CANCELLED = 0.04
COMPOSED = 0.06
FALSE = 0.04
RAISED = 0.02
ACROSS = 0.03
APPEALED = 0.4
APPEAL_UPHELD = 0.3
SENT_BACK = 0.12
ASKS_FOR_TIME = 0.3


def blow(life: Life) -> Iterator[Task]:
    """The office that works on it is a street, and cannot do it alone."""
    street = life.change.city.offices.get(life.head.ticket.office_code or "")
    if street and street.kind in STREET_KINDS and not life.grouped and life.seldom(BLOWN):
        chance = Random(life.asked.chance.random())
        yield Task(life.after(life.left() / 4), lambda now: begin(life, street, chance, now))


def begin(life: Life, street: OfficeEntry, chance: Random, now: datetime) -> Iterator[Step | Task]:
    ticket, city, session = life.ticket, life.change.city, life.change.session
    if ticket.status is not Status.IN_PROGRESS or ticket.office_code != street.code:
        return
    body = new_whistle(life, street, chance, now)
    level = body.level or default_level(body.kind, body.in_progress)
    at_once = level is WhistleLevel.W1 and chance.random() < BY_A_HANDLER
    role = Role.HANDLER if at_once or body.draft else Role.CHIEF
    caller = person(role, street.code, street.district_code)
    whistle = blowing.write(session, city, caller, body, now).whistle
    whistle.imagined = True
    session.flush()
    rosters.on_duty(session, city, street, now)
    if body.ticket_numbers and chance.random() < ASKS_FOR_TIME:
        yield from ask_time(life, now)
    lived = WhistleLife(session, city, whistle, chance, life.city.eventful, plan)
    yield from lived.go_on(now)


def new_whistle(life: Life, street: OfficeEntry, chance: Random, now: datetime) -> NewWhistle:
    kinds = life.change.city.policies.at(now).whistle.kinds
    kind = drawn(chance, {kind: share for kind, share in KINDS.items() if kind in kinds})
    linked = chance.random() < FOR_A_TICKET
    offices = team(life, street, kind, chance, now)
    offices += beyond_the_border(life, street, kind, chance, now)
    return NewWhistle(
        kind=kind,
        matter="辖区问题反复，多部门职责交叉。",
        why="街道无相应执法权。",
        place=Spot(text=life.asked.new.address.text or street.name),
        origin=WhistleOrigin.TICKET if linked else WhistleOrigin.PATROL,
        ticket_numbers=[life.ticket.number] if linked else [],
        in_progress=kind is K.ENFORCEMENT and chance.random() < IN_PROGRESS,
        draft=chance.random() < DRAFTED,
        summonses=[NewSummons(office_code=code, actions=["到场处置"]) for code in offices],
    )


def team(
    life: Life, street: OfficeEntry, kind: WhistleKind, chance: Random, now: datetime
) -> list[str]:
    """Some departments of the street's district, and now and then an enterprise."""
    codes = [f"{street.district_code}-{line}" for line in TEAMS[kind]]
    own = [code for code in codes if is_open(life, code, now)]
    wanted = chance.sample(own, min(drawn(chance, SIZES), len(own)))
    if chance.random() < WITH_ENTERPRISE or not wanted:
        wanted.append(chance.choice(ENTERPRISES))
    return wanted


def beyond_the_border(
    life: Life, street: OfficeEntry, kind: WhistleKind, chance: Random, now: datetime
) -> list[str]:
    """Now and then the matter rides the border (D.14.6): another district's street, and one of its
    departments."""
    if chance.random() >= min(ACROSS * life.city.eventful, MOST):
        return []
    others = [
        office
        for office in life.change.city.offices.values()
        if office.kind in STREET_KINDS
        and office.district_code != street.district_code
        and office.active(day_of(now))
    ]
    other = chance.choice(others)
    code = f"{other.district_code}-{chance.choice(TEAMS[kind])}"
    return [other.code, code] if is_open(life, code, now) else [other.code]


def is_open(life: Life, code: str, now: datetime) -> bool:
    office = life.change.city.offices.get(code)
    return office is not None and office.active(day_of(now))


def ask_time(life: Life, now: datetime) -> Iterator[Step]:
    """D.14.8: a whistle is a reason for more time, once."""
    ticket, policy = life.ticket, life.change.policy
    if ticket.due_at is None or ticket.urgency not in policy.extension.levels:
        return
    due_at = ticket.due_at
    yield Step(
        now + HOUR,
        life.handler(),
        Action.REQUEST_EXTENSION,
        extension.request,
        NewExtension(
            reason_code=extension.FOR_WHISTLE, plan="部门报到后联合处置。", due_at=due_at + 3 * DAY
        ),
        lambda: bool(ticket.whistles) and ticket.due_at == due_at,
        extension.check_until,
    )


def drafted(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    yield life.later(life.within(now, 12 * HOUR), Deed(A.BLOW, life.chief(), blowing.blow))


def blown(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    """The chief confirms what another blew; few are taken back, composed, raised or found false."""
    until = life.whistle.confirm_due_at
    if until and life.likely(CONFIRMED):
        at = now + (until - now) * life.chance.random()
        yield life.later(at, Deed(A.CONFIRM, life.chief(), blowing.confirm))
    if before in (None, S.DRAFT):
        for share, turn in TURNS:
            if life.seldom(share):
                yield turn(life, now)
        yield from campaigns.organised(life, now, fed_back)


def cancellation(life: WhistleLife, now: datetime) -> Task:
    reason = Reason(reason="情况已消除。")
    cancels = Deed(A.CANCEL, life.chief(), blowing.cancel, reason)
    return life.later(now + 3 * MINUTE, cancels)


def escalation(life: WhistleLife, now: datetime) -> Task:
    reason = Reason(reason="权限在上级。")
    raises = Deed(A.ESCALATE, life.chief(), escalating.escalate, reason)
    return life.later(life.within(now, DAY), raises)


def composition(life: WhistleLife, now: datetime) -> Task:
    """组合哨: an enterprise helps, too."""
    code = life.chance.choice([code for code in ENTERPRISES if code not in life.seen])
    more = Composition(summonses=[NewSummons(office_code=code, actions=["现场配合"])])
    return life.later(now + 10 * MINUTE, Deed(A.COMPOSE, life.chief(), blowing.compose, more))


def false_ruling(life: WhistleLife, now: datetime) -> Task:
    """After statements of both sides (D.14.7)."""
    department = next(s for s in life.summonses() if s.kind is SummonsKind.DEPARTMENT)
    heard = [life.whistle.street_code, department.office_code]
    body = FalseRuling(
        finding=life.chance.choice((Finding.EMPTY, Finding.RECKLESS)),
        text="听取双方意见后认定。",
        statements=[OfficeStatement(office_code=code, text="情况说明。") for code in heard],
        hazard_plausible=False if life.whistle.kind is K.EMERGENCY else None,
    )
    rules = (ruling.rule_false, body, None, ruling.check_ruling)
    return life.later(life.within(now, 4 * DAY), Deed(A.RULE_FALSE, life.district(), *rules))


TURNS: tuple[tuple[float, Callable[[WhistleLife, datetime], Task]], ...] = (
    (CANCELLED, cancellation),
    (COMPOSED, composition),
    (RAISED, escalation),
    (FALSE, false_ruling),
)


def fed_back(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    """H7: the street looks on the spot."""
    body = Verification(text="现场已整改。", evidence=["现场照片"])
    verify = Deed(A.VERIFY, life.street(), settling.verify, body)
    others = [Deed(A.VERIFY, who, settling.verify, body) for who in summonses.joined(life)]
    yield life.later(life.within(now, DAY), *campaigns.again(life), verify, *others)


def verifying(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    """It is sent back (H8), or the last are released and the district settles it."""
    if life.likely(SENT_BACK):
        reason = Reason(reason="现场仍有问题。")
        back = Deed(A.SEND_BACK, life.district(), settling.send_back, reason)
        yield life.later(life.within(now, 8 * HOUR), back)
        return
    for summons in life.summonses():
        if summons.status is SummonsStatus.FED_BACK:
            yield summonses.release(life, summons.office_code, now + HOUR)
    settles = Deed(A.SETTLE, life.district(), settling.settle, words("核实无误，结项。"))
    yield life.later(life.within(now, DAY) + 2 * HOUR, settles)


def raised(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    """D.14.5: who took over decides what is open, and names a lead and a new date."""
    at = life.within(now, DAY)
    yield Task(at, lambda then: take_over(life, then))
    yield from fed_back(life, before, at)


def take_over(life: WhistleLife, now: datetime) -> Iterator[Task]:
    called = life.summonses()
    for summons in called:
        code = summons.office_code
        if summons.status is SummonsStatus.OBJECTED:
            yield summonses.ruling(life, code, now + MINUTE)
        elif code in life.never:
            waives = (escalating.waive, words("不再等待。"), code)
            life.act(Deed(A.WAIVE, life.coordinator(), *waives), now)
    departments = (each for each in called if each.kind is SummonsKind.DEPARTMENT)
    left = [each.office_code for each in departments if each.status not in OVER]
    if left:
        body = Coordination(lead_office_code=left[0], new_date_at=now + 7 * DAY, text="限期办结。")
        leads = (escalating.coordinate, body, None, escalating.check_coordination)
        life.act(Deed(A.COORDINATE, life.coordinator(), *leads), now)
    yield from life.go_on(now)


def false(life: WhistleLife, before: str | None, now: datetime) -> Iterator[Task]:
    """The district reads the signal of too many; some streets appeal (D.14.7)."""
    if life.whistle.signal_at and not life.whistle.signal_read_at:
        reads = (false_signals.read, words("已约谈。"))
        yield life.later(now + 2 * HOUR, Deed(A.READ_SIGNAL, life.district(), *reads))
    if not life.likely(APPEALED):
        return
    appeals = Deed(A.APPEAL, life.chief(), ruling.appeal, words("险情属实，申请复核。"))
    decision = AppealDecision(uphold=life.likely(APPEAL_UPHELD), text="已复核。")
    decides = Deed(A.DECIDE_APPEAL, desk(Role.SUPERVISOR), ruling.decide_appeal, decision)
    yield life.later(now + DAY, appeals)
    yield life.later(now + 3 * DAY, decides)


BY_STATUS: dict[str, Callable[[WhistleLife, str | None, datetime], Iterator[Task]]] = {
    S.DRAFT: drafted,
    S.BLOWN: blown,
    S.FED_BACK: fed_back,
    S.VERIFYING: verifying,
    S.RETURNED: fed_back,
    S.ESCALATED: raised,
    S.FALSE: false,
    S.SETTLED: evaluating.settled,
}


def plan(
    life: WhistleLife, code: str, before: str | None, status: str, now: datetime
) -> Iterator[Task]:
    """What a new status asks of people; after an upheld appeal all is planned anew."""
    if code:
        yield from summonses.plan(life, code, before, status, now)
        return
    if before == S.FALSE:
        life.seen = {"": status}
    if status in BY_STATUS:
        yield from BY_STATUS[status](life, before, now)
