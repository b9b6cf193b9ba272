"""Campaigns 专项行动 in the imagined city: a team works some days, meets, tells, and is concluded
(RULEBOOK D.14.4). No source gives the shares: they are plausible, and ours."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from app.kit.workdays import day_of, midnight
from app.simulate.life import HOUR, Task
from app.simulate.whistle_life import Deed, WhistleLife, words
from app.tickets.acts.forms import Reason
from app.whistles.acts import reporting
from app.whistles.campaigns import acts
from app.whistles.campaigns.forms import (
    Campaign,
    Command,
    CorrectedDay,
    Meeting,
    Person,
    Team,
    TeamDay,
)
from app.whistles.life.loop import ON_SITE, SummonsStatus, WhistleAction, WhistleKind, WhistleLevel

A = WhistleAction

CAMPAIGN = 0.5
"""Of key work."""

DAYS = (3, 12)
CREW = (6, 10)
COMES_TODAY = 0.92
MISCOUNTED = 0.1
TOLD_OF = 0.8
OPENS, CLOSES = timedelta(hours=9), timedelta(hours=18)

After = Callable[[WhistleLife, str | None, datetime], Iterator[Task]]
"""What is planned once nothing more keeps the street from verifying."""


def organised(life: WhistleLife, now: datetime, after: After) -> Iterator[Task]:
    """Some key work is done by a team of the street, for some days."""
    whistle = life.whistle
    fits = whistle.kind is WhistleKind.KEY_WORK and whistle.level is not WhistleLevel.W1
    if not fits or not life.likely(CAMPAIGN):
        return
    crew = people(whistle.street_code, life.chance.randint(*CREW))
    yield Task(now + HOUR, lambda then: begin(life, then, crew, after))


def people(office: str, number: int) -> list[Person]:
    return [Person(name=f"队员{place}", office_code=office) for place in range(1, number + 1)]


def begin(life: WhistleLife, now: datetime, crew: list[Person], after: After) -> Iterator[Task]:
    liaison = Person(name="联络员", office_code=life.whistle.street_code)
    team = Team(name="第一组", liaison=liaison, members=crew)
    head = Person(name="街道书记", office_code=life.whistle.street_code, duty="总指挥")
    body = Campaign(command=Command(head=head), teams=[team])
    life.act(Deed(A.ORGANISE, life.chief(), acts.organise, body, check=acts.check_campaign), now)
    if life.whistle.campaign_at is None:
        return  # it was over before
    first, last = day_of(now), day_of(now) + timedelta(days=life.chance.randint(*DAYS))
    for place in range((last - first).days):
        yield from of_day(life, now, first + timedelta(days=place), crew)
    yield meeting(life, midnight(last) - 4 * HOUR, crew)
    yield Task(midnight(last) + OPENS, lambda then: conclude(life, then, after))


def of_day(life: WhistleLife, now: datetime, day: date, crew: list[Person]) -> Iterator[Task]:
    """In the morning the offices come; in the evening they go, and the team keeps its log."""
    morning, evening = midnight(day) + OPENS, midnight(day) + CLOSES
    if morning > now:
        yield Task(morning, lambda then: come(life, then))
    yield Task(max(evening, now + HOUR / 2), lambda then: close(life, then, day, crew))


def come(life: WhistleLife, now: datetime) -> Iterator[Task]:
    for summons in life.summonses():
        if summons.status in ON_SITE and life.likely(COMES_TODAY):
            yield life.arrival(life.within(now, HOUR), summons.office_code)


def close(life: WhistleLife, now: datetime, day: date, crew: list[Person]) -> Iterator[Task]:
    reason = Reason(reason="收工。")
    for summons in life.summonses():
        if summons.status in ON_SITE and not summons.away:
            code = summons.office_code
            life.act(Deed(A.LEAVE, life.office(code), reporting.leave, reason, code), now)
    present = life.chance.sample(crew, life.chance.randint(3, len(crew)))
    form = {"team": 1, "day": day, "people": present, "work": "入户动员，清理点位。"}
    figures = {"点位": life.chance.randint(0, 20)}
    body = TeamDay.model_validate({**form, "figures": figures})
    life.act(Deed(A.LOG, life.street(), acts.log_day, body, check=acts.check_day), now)
    if life.seldom(MISCOUNTED):
        counted = {"点位": figures["点位"] + 1}
        again = CorrectedDay.model_validate({**form, "figures": counted, "reason": "漏记一处。"})
        corrects = Deed(A.CORRECT_LOG, life.street(), acts.correct_day, again, check=acts.check_day)
        life.act(corrects, now)
    if life.likely(TOLD_OF):
        life.act(Deed(A.NOTIFY, life.chief(), acts.notify, words("今日进展正常。")), now)
    yield from life.go_on(now)


def meeting(life: WhistleLife, at: datetime, crew: list[Person]) -> Task:
    """联席会议, before the last day."""
    body = Meeting(held_at=at, people=crew[:3], text="研判进度。", resolutions=["限期收尾。"])
    return life.later(at, Deed(A.MEET, life.chief(), acts.meet, body, check=acts.check_meeting))


def conclude(life: WhistleLife, now: datetime, after: After) -> Iterator[Task]:
    """Who has fed back may be released from now on, and the street verifies."""
    life.act(summary(life), now)
    for summons in life.summonses():
        if summons.status is SummonsStatus.FED_BACK:
            life.seen.pop(summons.office_code, None)
    yield from after(life, None, now)
    yield from life.go_on(now)


def summary(life: WhistleLife) -> Deed:
    return Deed(A.CONCLUDE, life.chief(), acts.conclude, words("专项行动完成。"))


def again(life: WhistleLife) -> Iterator[Deed]:
    """What was sent back has its summary anew."""
    whistle = life.whistle
    if whistle.campaign_at and whistle.concluded_at is None and whistle.returns:
        yield summary(life)
