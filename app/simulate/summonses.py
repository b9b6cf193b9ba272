"""The summoned offices: they accept, come, work and are released; some are late, absent, leave
early, or object. No source gives the shares: they are plausible, and ours."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from app.access.roles import Caller
from app.simulate.life import DAY, HOUR, MINUTE, Task
from app.simulate.whistle_life import Deed, WhistleLife, words
from app.tickets.acts.forms import Nothing, Reason
from app.whistles.acts import blowing, leading, objecting, reporting, supervising
from app.whistles.acts.forms import (
    InterimRelease,
    LeadProposal,
    ObjectionRuling,
    Result,
    Results,
    SummonsGround,
    SummonsObjection,
    WhistleSupervision,
)
from app.whistles.life.loop import SummonsKind, SummonsStatus, WhistleAction, WhistleLevel
from app.whistles.models import Summons
from app.whistles.views.scope import summoned

A, P = WhistleAction, SummonsStatus

ACCEPTS = 0.9
LATE = 0.12
NEVER_COMES = 0.03
OBJECTS = 0.05
RULED = 0.9
UPHELD = 0.6
LEAVES_EARLY = 0.05
COMES_BACK = 0.8
INTERIM = 0.2
KEEPS_APPOINTMENT = 0.85
RELEASED_AT_ONCE = 0.7
SUPERVISED = 0.4
JOINS = 0.8
LEADS = 0.3
ANSWERS = 0.8
STARTS_WITHOUT = 0.5


def sent(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    """H2, H3: most come in time; one of several may never come."""
    code, limit = summons.office_code, (summons.arrive_due_at or now) - now
    if life.likely(ACCEPTS):
        within = ((summons.accept_due_at or now) - now) * 1.1
        accepts = Deed(A.ACCEPT, life.office(code), reporting.accept, Nothing(), code)
        yield life.later(life.within(now, within), accepts)
    if summons.object_until and life.seldom(OBJECTS):
        at = now + (summons.object_until - now) * life.chance.random()
        yield objection(life, code, at)
    if len(life.seen) > len(life.never) + 2 and life.seldom(NEVER_COMES):
        life.never.add(code)
        return
    late = life.likely(LATE)
    at = now + limit * (1 + life.chance.random() if late else life.chance.betavariate(4, 2.5))
    yield life.arrival(at, code)


def objection(life: WhistleLife, code: str, at: datetime) -> Task:
    body = SummonsObjection(ground=SummonsGround.NOT_MY_DUTY, text="不属本单位职责。")
    return life.later(at, Deed(A.OBJECT, life.office(code), objecting.object_to, body, code))


def arrived(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    """H4; at W1 先到场后异议."""
    code, urgent = summons.office_code, life.whistle.level is WhistleLevel.W1
    done_at = life.within(now, span_of_work(life, now)) + 20 * MINUTE
    if urgent and life.seldom(OBJECTS):
        yield objection(life, code, now + 10 * MINUTE)
    if life.seldom(LEAVES_EARLY):
        yield from leave(life, code, now, done_at)
    elif not urgent and life.likely(INTERIM):
        next_at = done_at + DAY * life.chance.randint(1, 3)
        yield from interim(life, code, done_at, next_at)
        done_at = next_at + 2 * HOUR
    yield results(life, code, done_at)


def span_of_work(life: WhistleLife, now: datetime) -> timedelta:
    """A W1 ends on the spot, the others by the plan date; some after it."""
    finish_at = life.whistle.new_date_at or life.whistle.finish_due_at
    if life.whistle.level is WhistleLevel.W1 or finish_at is None:
        return 6 * HOUR
    return max(finish_at - now, DAY) * 1.2


def leave(life: WhistleLife, code: str, now: datetime, until: datetime) -> Iterator[Task]:
    """事不完、人不撤: a violation, also of whoever comes back."""
    reason = Reason(reason="另有任务。")
    gone_at = now + (until - now) / 3
    yield life.later(gone_at, Deed(A.LEAVE, life.office(code), reporting.leave, reason, code))
    if life.likely(COMES_BACK):
        yield life.arrival(now + (until - now) * 2 / 3, code)


def interim(life: WhistleLife, code: str, at: datetime, next_at: datetime) -> Iterator[Task]:
    """Until the next day of work; a few miss it, and come some hours later."""
    body = InterimRelease(text="当日已毕，按约再来。", next_at=next_at)
    release = (reporting.interim_release, body, code, reporting.check_appointment)
    yield life.later(at, Deed(A.INTERIM_RELEASE, life.chief(), *release))
    keeps = life.likely(KEEPS_APPOINTMENT)
    yield life.arrival(next_at - 10 * MINUTE if keeps else next_at + HOUR, code)


def working(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    """Sent back: the work goes on."""
    yield results(life, summons.office_code, life.within(now, 2 * DAY) + HOUR)


def results(life: WhistleLife, code: str, at: datetime) -> Task:
    body = Results(results=[Result(action=1, result="已按职责处置。", document="现场检查笔录")])
    does = (reporting.feed_back, body, code, reporting.check_results)
    return life.later(at, Deed(A.FEED_BACK, life.office(code), *does))


def fed_back(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    """H5: often at once, else when the street has verified."""
    if life.likely(RELEASED_AT_ONCE):
        yield release(life, summons.office_code, life.within(now, 8 * HOUR))


def release(life: WhistleLife, code: str, at: datetime) -> Task:
    does = (reporting.release, words("已现场核实。"), code)
    return life.later(at, Deed(A.RELEASE, life.chief(), *does))


def objected(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    due_at = summons.objection_due_at
    if due_at and life.likely(RULED):
        yield ruling(life, summons.office_code, now + (due_at - now) * life.chance.random())


def ruling(life: WhistleLife, code: str, at: datetime) -> Task:
    body = ObjectionRuling(uphold=life.likely(UPHELD), text="对照职责清单裁定。")
    return life.later(at, Deed(A.RULE_OBJECTION, life.district(), objecting.rule, body, code))


def absent(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    """The street begins without it, and supervises it 督办."""
    code = summons.office_code
    if life.likely(STARTS_WITHOUT):
        yield life.later(now + 5 * MINUTE, Deed(A.START, life.chief(), blowing.start))
    if not life.likely(SUPERVISED):
        return
    at, owed = now + 10 * MINUTE, life.chance.randint(1, 3) * DAY
    body = WhistleSupervision(reason="逾时未到场，请说明。", answer_due_at=at + owed)
    supervise = (supervising.supervise, body, code, supervising.check)
    yield life.later(at, Deed(A.SUPERVISE, life.chief(), *supervise))
    if life.likely(ANSWERS):
        says = (supervising.answer, words("因故迟到，已安排到场。"), code)
        answer = Deed(A.ANSWER, life.office(code), *says)
        yield life.later(life.within(at, owed * 1.3), answer)


BY_STATUS: dict[str, Callable[[WhistleLife, Summons, datetime], Iterator[Task]]] = {
    P.SENT: sent,
    P.ARRIVED: arrived,
    P.FED_BACK: fed_back,
    P.OBJECTED: objected,
    P.ABSENT: absent,
}


def peer(life: WhistleLife, summons: Summons, now: datetime) -> Iterator[Task]:
    """The other street joins (D.14.6); one that does not leaves it to the city."""
    if summons.status is P.SENT and life.likely(JOINS):
        code = summons.office_code
        joins = Deed(A.JOIN, life.office(code), blowing.join)
        yield life.later(life.within(now, 12 * HOUR), joins)
    if summons.status is P.ACCEPTED and life.likely(LEADS):
        yield lead(life, summons.office_code, now)


def lead(life: WhistleLife, street: str, now: datetime) -> Task:
    """Both agree that the other street leads."""
    offer = LeadProposal(street_code=street, text="现场主要在贵辖区。")
    proposes = Deed(A.PROPOSE_LEAD, life.chief(), leading.propose, offer, None, leading.check)
    agrees = Deed(A.AGREE_LEAD, life.chief_of(street), leading.agree, words("同意。"))
    return life.later(now + 20 * MINUTE, proposes, agrees)


def joined(life: WhistleLife) -> Iterator[Caller]:
    """The people of the other streets that take part."""
    for summons in life.summonses():
        if summons.kind is SummonsKind.PEER and summons.status is P.ACCEPTED:
            yield life.office(summons.office_code)


def plan(
    life: WhistleLife, code: str, before: str | None, status: str, now: datetime
) -> Iterator[Task]:
    """What the new status of a department's summons asks of people."""
    summons = summoned(life.summonses(), code)
    if summons.kind is SummonsKind.PEER:
        yield from peer(life, summons, now)
    elif status in BY_STATUS:
        yield from BY_STATUS[status](life, summons, now)
    elif status == P.WORKING and before == P.FED_BACK:
        yield from working(life, summons, now)
