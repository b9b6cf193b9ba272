"""Waits: for whom a whistle waits, for which act, and until when; what lies in whose inbox."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from app.whistles.life.ladder import CITY_DESK, OF_THE_CITY, owner
from app.whistles.life.loop import (
    OVER,
    UNSETTLED,
    VALID,
    SummonsKind,
    SummonsStatus,
    Tier,
    WhistleAction,
    WhistleStatus,
)
from app.whistles.life.moves import MOVES

A, P, S = WhistleAction, SummonsStatus, WhistleStatus


class WaitKind(StrEnum):
    """A summons of the office, or a whistle that it blew, conducts or decides on."""

    SUMMONS = "summons"
    WHISTLE = "whistle"


class Wait(NamedTuple):
    """`of` is the summoned office that an act of another is about."""

    office_code: str
    kind: WaitKind
    because: WhistleAction
    since: datetime
    until: datetime
    of: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A whistle, as far as others wait for it."""

    status: WhistleStatus
    street_code: str
    district_code: str
    since: datetime
    """Since when it has its status."""
    created_at: datetime
    blown_at: datetime | None
    confirm_due_at: datetime | None
    finish_due_at: datetime | None
    new_date_at: datetime | None = None
    """In place of the plan date, once its coordinator has set one."""
    conductor: str = ""
    """Who composes and commands."""
    lead_asked: str | None = None
    """The street that is to say who leads."""
    lead_proposed_at: datetime | None = None
    lead_answer_due_at: datetime | None = None
    signal_at: datetime | None = None
    signal_read_at: datetime | None = None
    tier: Tier = Tier.STREET
    verified_at: datetime | None = None
    appealed_at: datetime | None = None
    appeal_decided_at: datetime | None = None
    mark_due_at: datetime | None = None
    decide_due_at: datetime | None = None
    campaign_at: datetime | None = None
    concluded_at: datetime | None = None

    @property
    def is_campaign_open(self) -> bool:
        return self.campaign_at is not None and self.concluded_at is None

    @property
    def finish_at(self) -> datetime | None:
        return self.new_date_at or self.finish_due_at


@dataclass(frozen=True, slots=True)
class Awaited:
    """A summons, as far as its office or another waits for it."""

    office_code: str
    kind: SummonsKind
    status: SummonsStatus
    sent_at: datetime | None
    accept_due_at: datetime | None
    arrive_due_at: datetime | None
    arrived_at: datetime | None
    fed_back_at: datetime | None
    away: bool
    next_at: datetime | None
    objected_at: datetime | None
    objection_due_at: datetime | None
    verified_at: datetime | None
    supervised_at: datetime | None = None
    answer_due_at: datetime | None = None
    refusal_at: datetime | None = None
    refusal_ruled_at: datetime | None = None
    offered_at: datetime | None = None
    offer_due_at: datetime | None = None
    evaluated_by: str | None = None
    offered_from: str | None = None
    through_centre: bool = False
    is_marked: bool = True
    thanked_at: datetime | None = None


def waits(
    whistle: Waiting, summonses: Iterable[Awaited], marked: Collection[str] = ()
) -> Iterator[Wait]:
    """All of a whistle, as far as its status allows the act; when it is cancelled or found false,
    an appeal alone is left. `marked`: the offices that were evaluated."""
    every = wanted(whistle, summonses, marked)
    return (wait for wait in every if (whistle.status, wait.because) in MOVES)


def wanted(
    whistle: Waiting, summonses: Iterable[Awaited], marked: Collection[str]
) -> Iterator[Wait]:
    """The same, whatever the status allows."""
    yield from of_blowing(whistle)
    yield from of_false(whistle)
    summonses = list(summonses)
    yield from of_answers(whistle, summonses)
    yield from of_refusals(whistle, summonses)
    if whistle.status in UNSETTLED:
        yield from of_whistle(whistle)
        yield from of_lead(whistle)
        yield from of_coordinator(whistle, summonses)
        in_offers = {code for each in summonses for code in parties(each)}
        for summons in summonses:
            yield from of_offer(whistle, summons)
            yield from of_peer(summons)
            yield from of_office(whistle, summons)
            yield from of_centre(whistle, summons)
            yield from of_others(whistle, summons, summons.office_code in in_offers)
    yield from of_thanks(whistle, summonses)
    yield from of_records(whistle, [each for each in summonses if each.office_code not in marked])


def of_blowing(whistle: Waiting) -> Iterator[Wait]:
    """The chief's word: to blow a draft, to confirm what another blew."""
    own = (whistle.street_code, WaitKind.WHISTLE)
    if whistle.status is S.DRAFT:
        yield Wait(*own, A.BLOW, whistle.created_at, whistle.created_at)
    if whistle.status in VALID and whistle.confirm_due_at and whistle.blown_at:
        yield Wait(*own, A.CONFIRM, whistle.blown_at, whistle.confirm_due_at)


def of_false(whistle: Waiting) -> Iterator[Wait]:
    """D.14.7: the city's word on an appeal; the district's leader reads that there are too many."""
    appealed_at, signal_at = whistle.appealed_at, whistle.signal_at
    if appealed_at and not whistle.appeal_decided_at:
        yield Wait(CITY_DESK, WaitKind.WHISTLE, A.DECIDE_APPEAL, appealed_at, appealed_at)
    if signal_at and not whistle.signal_read_at:
        yield Wait(whistle.district_code, WaitKind.WHISTLE, A.READ_SIGNAL, signal_at, signal_at)


def of_answers(whistle: Waiting, summonses: Iterable[Awaited]) -> Iterator[Wait]:
    """The answer that a supervision asks for; once its time has passed, the district heeds it."""
    if (whistle.status, A.ANSWER) not in MOVES:
        return
    for summons in summonses:
        since, code = summons.supervised_at, summons.office_code
        if since and summons.answer_due_at:
            yield Wait(code, WaitKind.SUMMONS, A.ANSWER, since, summons.answer_due_at)
        elif since:
            yield Wait(code, WaitKind.SUMMONS, A.ANSWER, since, since)
            yield Wait(whistle.district_code, WaitKind.WHISTLE, A.UNANSWERED, since, since, code)


def of_refusals(whistle: Waiting, summonses: Iterable[Awaited]) -> Iterator[Wait]:
    """What the district looks into."""
    for summons in summonses:
        since, let_go = summons.refusal_at, summons.status is P.WITHDRAWN_BY_RULING
        if since and not summons.refusal_ruled_at and not let_go:
            rule = (A.RULE_REFUSAL, since, since, summons.office_code)
            yield Wait(whistle.district_code, WaitKind.WHISTLE, *rule)


def of_records(whistle: Waiting, unmarked: Sequence[Awaited]) -> Iterator[Wait]:
    """The chief's evaluation of what is settled, of two streets each of its own departments; and
    the district's word on an appeal."""
    since, kind = whistle.since, WaitKind.WHISTLE
    if whistle.status is S.SETTLED and whistle.mark_due_at:
        for street in sorted(evaluators(whistle, unmarked)):
            yield Wait(street, kind, A.EVALUATE, since, whistle.mark_due_at)
    if whistle.decide_due_at:
        decide = (A.DECIDE_EVALUATION, since, whistle.decide_due_at)
        yield Wait(whistle.district_code, kind, *decide)


def evaluators(whistle: Waiting, unmarked: Sequence[Awaited]) -> set[str]:
    """The streets that take part and have not evaluated every department of theirs."""
    let_go = P.WITHDRAWN_BY_RULING
    departments = [each for each in unmarked if each.kind is SummonsKind.DEPARTMENT]
    joined = {each.office_code for each in unmarked if each.status is P.ACCEPTED}
    wanted = {s.evaluated_by or whistle.street_code for s in departments if s.status is not let_go}
    return wanted & (joined | {whistle.street_code})


def of_whistle(whistle: Waiting) -> Iterator[Wait]:
    """A campaign is concluded by who conducts it, what is fed back is verified by the street."""
    if whistle.status is not S.FED_BACK:
        return
    limits = (whistle.since, whistle.finish_at or whistle.since)
    if whistle.is_campaign_open:
        yield Wait(whistle.conductor, WaitKind.WHISTLE, A.CONCLUDE, *limits)
    else:
        yield Wait(whistle.street_code, WaitKind.WHISTLE, A.VERIFY, *limits)


def of_lead(whistle: Waiting) -> Iterator[Wait]:
    """The other street's word on who leads (D.14.6)."""
    if whistle.lead_asked:
        limits = span(whistle.lead_proposed_at, whistle.lead_answer_due_at)
        yield Wait(whistle.lead_asked, WaitKind.WHISTLE, A.AGREE_LEAD, *limits)


def of_coordinator(whistle: Waiting, summonses: Iterable[Awaited]) -> Iterator[Wait]:
    """Who was called up the ladder; and, once the streets have verified, who settles."""
    since, until = whistle.since, whistle.finish_at or whistle.since
    if whistle.status is S.ESCALATED:
        coordinator = owner(whistle.tier, whistle.street_code, whistle.district_code)
        yield Wait(coordinator, WaitKind.WHISTLE, A.COORDINATE, since, since)
    if whistle.status is S.VERIFYING:
        left = list(unverified(whistle, summonses))
        for street in left:
            yield Wait(street, WaitKind.WHISTLE, A.VERIFY, since, until)
        if not left:
            yield Wait(whistle.district_code, WaitKind.WHISTLE, A.SETTLE, since, until)


def unverified(whistle: Waiting, summonses: Iterable[Awaited]) -> Iterator[str]:
    """The streets that have not verified yet (D.14.6)."""
    if whistle.verified_at is None:
        yield whistle.street_code
    for summons in summonses if whistle.tier not in OF_THE_CITY else ():
        if summons.kind is SummonsKind.PEER and summons.status not in OVER:
            yield from () if summons.verified_at else (summons.office_code,)


def of_peer(summons: Awaited) -> Iterator[Wait]:
    """The other street's answer."""
    if summons.kind is SummonsKind.PEER and summons.status is P.SENT:
        limits = span(summons.sent_at, summons.accept_due_at)
        yield Wait(summons.office_code, WaitKind.SUMMONS, A.JOIN, *limits)


def of_office(whistle: Waiting, summons: Awaited) -> Iterator[Wait]:
    """What the summoned office has to do next."""
    own = (summons.office_code, WaitKind.SUMMONS)
    if summons.kind is SummonsKind.PEER:
        return
    finish = whistle.finish_at or summons.arrived_at
    match summons.status:
        case P.SENT:
            yield Wait(*own, A.ACCEPT, *span(summons.sent_at, summons.accept_due_at))
        case P.ACCEPTED | P.ABSENT:
            yield Wait(*own, A.REPORT_IN, *span(summons.sent_at, summons.arrive_due_at))
        case P.WORKING if summons.away:
            yield Wait(*own, A.REPORT_IN, *span(summons.arrived_at, summons.next_at or finish))
        case P.ARRIVED | P.WORKING:
            yield Wait(*own, A.FEED_BACK, *span(summons.arrived_at, finish))


def of_centre(whistle: Waiting, summons: Awaited) -> Iterator[Wait]:
    """The street's centre calls its posted people: it accepts for them, and they come."""
    if summons.through_centre:
        for wait in of_office(whistle, summons):
            if wait.because in (A.ACCEPT, A.REPORT_IN):
                yield wait._replace(
                    office_code=whistle.street_code, kind=WaitKind.WHISTLE, of=wait.office_code
                )


def of_thanks(whistle: Waiting, summonses: Iterable[Awaited]) -> Iterator[Wait]:
    """驻区单位 that came are thanked, as long as departments are evaluated."""
    if whistle.status is S.SETTLED and whistle.mark_due_at:
        limits = (whistle.since, whistle.mark_due_at)
        for each in summonses:
            helped = each.kind is SummonsKind.DEPARTMENT and each.arrived_at is not None
            if helped and not each.is_marked and each.thanked_at is None:
                street = whistle.street_code
                yield Wait(street, WaitKind.WHISTLE, A.THANK, *limits, each.office_code)


def parties(asked: Awaited) -> tuple[str, ...]:
    """The office that gives actions up and the one that is asked: neither is released now."""
    if asked.offered_from is None or asked.status in OVER:
        return ()
    return asked.offered_from, asked.office_code


def of_offer(whistle: Waiting, summons: Awaited) -> Iterator[Wait]:
    """Actions that it is asked to take over; the street, which may take its offer back, sees until
    when an answer is due, and that it is late."""
    if summons.offered_at and summons.status not in OVER:
        code, limits = summons.office_code, span(summons.offered_at, summons.offer_due_at)
        yield Wait(code, WaitKind.SUMMONS, A.CONSENT, *limits)
        yield Wait(whistle.street_code, WaitKind.WHISTLE, A.HAND_OVER, *limits, code)


def of_others(whistle: Waiting, summons: Awaited, in_offer: bool) -> Iterator[Wait]:
    """What the street or its district has to do about it."""
    about = summons.office_code
    if summons.status is P.FED_BACK and not whistle.is_campaign_open and not in_offer:
        release = span(summons.fed_back_at, whistle.finish_at or summons.fed_back_at)
        yield Wait(whistle.street_code, WaitKind.WHISTLE, A.RELEASE, *release, about)
    if summons.status is P.OBJECTED:
        rule = span(summons.objected_at, summons.objection_due_at)
        yield Wait(whistle.district_code, WaitKind.WHISTLE, A.RULE_OBJECTION, *rule, about)


def span(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    assert since is not None  # the status says so
    assert until is not None
    return since, until
