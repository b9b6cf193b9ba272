"""Routes requests, and keeps the lessons of confirmed dispatches.

Lessons are rows; each process makes its memory of them, and reads new rows every second or so.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, pairwise

import sqlalchemy as sa
from msgspec.structs import asdict
from prometheus_client import Gauge
from sqlalchemy.orm import Session

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.rows import insert_many
from app.kit.settled import read_after, settled
from app.kit.workdays import day_of
from app.policy.documents import Policies
from app.routing.decide import Router
from app.routing.decision import Decision, Query, Thresholds
from app.routing.memory import Key, Lesson, Past, is_clear
from app.routing.models import RoutingLesson
from app.routing.record import PUSHED_OUT
from app.routing.schemas import MemoryView, RememberedView, RouteQuestion, TallyView

LATE_SECONDS = 60.0
ENOUGH = 100
"""After so many cases of a place, all in one street, a further case is no lesson …"""
AFRESH = timedelta(days=30)
"""… unless the last lesson is so old."""

WAITING = Gauge(
    "jiesu_lessons_waiting_seconds",
    "Age of the oldest routing lesson that waits for an older transaction, of all workers'",
    multiprocess_mode="livemax",
)

logger = logging.getLogger(__name__)


class NoSuchDistrict(Invalid):
    title = "There is no such district"


@dataclass(frozen=True, slots=True)
class Taught:
    """A dispatch to a street that was confirmed, or withdrawn; `text` is the ticket's address,
    `teacher` the office whose objection to its area was upheld."""

    text: str
    street_code: str
    at: datetime
    lesson: Lesson = Lesson.CONFIRM
    ticket_number: str | None = None
    teacher: str | None = None


def thresholds(policies: Policies, now: datetime) -> Thresholds:
    policy = policies.at(now)
    route = policy.route
    numbers = (float(route.accept), float(route.margin), float(route.border_m))
    return Thresholds(policy.name, *numbers, confirm=route.memory.confirm)


def route(router: Router, policies: Policies, question: RouteQuestion, now: datetime) -> Decision:
    """The route of a request by the rules and names of this day. Refuses NoSuchDistrict."""
    if question.district_code and question.district_code not in router.grounds:
        fault = {
            "pointer": "/district_code",
            "detail": Message("no district {district_code}", district_code=question.district_code),
        }
        raise NoSuchDistrict(
            Message("there is no district {district_code}", district_code=question.district_code),
            errors=[fault],
        )
    query = Query(**question.model_dump(exclude={"datum"}))
    return router.route(query, thresholds(policies, now), day_of(now))


def teach(session: Session, router: Router, taught: Iterable[Taught], now: datetime) -> int:
    """Keep the lessons of these dispatches; their number. A text without a place has none."""
    rows = [row for dispatch in taught for row in lessons(router, dispatch, now)]
    insert_many(session, RoutingLesson, rows)
    return len(rows)


def lessons(router: Router, dispatch: Taught, now: datetime) -> Iterator[dict[str, object]]:
    """The row of a dispatch's lesson: none where its office is no street, its text names no place,
    or the place is known well."""
    on = day_of(dispatch.at)
    known = dispatch.street_code in router.grounds[""].position
    place = router.named_place(dispatch.text, dispatch.street_code, on) if known else None
    if place and not is_known_well(router, place.key, dispatch, on):
        yield {
            "lesson": dispatch.lesson,
            **place.key._asdict(),
            "built": place.built,
            "street_code": dispatch.street_code,
            "taught_on": on,
            "recorded_at": now,
            "ticket_number": dispatch.ticket_number,
            "teacher": dispatch.teacher,
        }


def is_known_well(router: Router, key: Key, dispatch: Taught, on: date) -> bool:
    """A confirmation of many, and not long after the last: the table need not grow by it."""
    past = router.memory.past(key)
    if dispatch.lesson is not Lesson.CONFIRM or past.keys() != {dispatch.street_code}:
        return False
    tally = past[dispatch.street_code]
    return tally.count >= ENOUGH and on - tally.last_on < AFRESH


def refresh(session: Session, router: Router) -> int:
    """Learn the lessons recorded since the last time; their number. The session must see at each
    statement all that was committed before it."""
    with router.learning:
        before = settled(session)
        unread = read_after(session, RoutingLesson, router.learned_to, before)
        learned = learn_all(router, unread)
        note_lag(router, session.execute(LAG, {"settled": before}).scalar() or 0.0)
    return learned


LAG = sa.text("""
    SELECT CAST(extract(epoch FROM now() - recorded_at) AS double precision) FROM routing_lesson
    WHERE transaction >= :settled ORDER BY transaction, id LIMIT 1
""")


def note_lag(router: Router, seconds: float) -> None:
    WAITING.set(seconds)
    if router.lag <= LATE_SECONDS < seconds:
        logger.warning("lessons wait for an older transaction that is still open")
    router.lag = seconds


def learn_all(router: Router, portions: Iterable[Sequence[RoutingLesson]]) -> int:
    """Learn these lessons; their number. Of most of a long row of them, as a service reads when it
    starts, nothing is asked before: it takes a seventh of the time."""
    learned = 0
    for row, following in followed(portions):
        router.is_behind = following > PUSHED_OUT
        key = Key(row.district_code, row.name, row.number)
        router.learn(row.lesson, key, row.street_code, row.taught_on, row.teacher, row.built)
        router.learned_to = (row.transaction, row.id)
        learned += 1
    return learned


def followed(
    portions: Iterable[Sequence[RoutingLesson]],
) -> Iterator[tuple[RoutingLesson, int]]:
    """Each row with the number of those that follow in its portion and the next."""
    for rows, following in pairwise(chain(portions, [()])):
        for at, row in enumerate(rows, 1):
            yield row, len(rows) - at + len(following)


def learn_up_to(session: Session, router: Router, version: str) -> None:
    """Bring a fresh router to the memory that a decision names, so that it can be made again."""
    last = tuple(int(part) for part in version.split("."))
    place = sa.tuple_(RoutingLesson.transaction, RoutingLesson.id)
    wanted = (
        sa.select(RoutingLesson)
        .where(place <= sa.tuple_(*map(sa.literal, last)))
        .order_by(RoutingLesson.transaction, RoutingLesson.id)
    )
    learn_all(router, [session.scalars(wanted).all()])


def remembered(router: Router, text: str, now: datetime) -> MemoryView:
    """The memory of the place of a text."""
    pasts = {key: router.memory.past(key) for key in keys_of(router, text, day_of(now))}
    places = [remembered_place(router, key, past) for key, past in pasts.items() if past]
    return MemoryView(places=places, known=len(router.memory.places))


def remembered_place(router: Router, key: Key, past: Past) -> RememberedView:
    ranked = sorted(past.items(), key=lambda item: (-item[1].count, item[0]))
    return RememberedView(
        place=str(key),
        district_code=key.district_code,
        clear=is_clear(past),
        streets=[
            TallyView(office_code=code, office_name=router.name(code), **asdict(tally))
            for code, tally in ranked
        ],
    )


def keys_of(router: Router, text: str, on: date) -> Sequence[Key]:
    """The remembered places that a text may mean: its district's own, else every district's."""
    district, spot = router.place(text, on)
    if spot is None:
        return []
    keys = router.memory.keys_named(spot.name, spot.number if spot.road else None)
    return [key for key in keys if district in (None, key.district_code)]


def forget(session: Session, router: Router, text: str, now: datetime) -> MemoryView:
    """Take a text's places out of memory, and their lessons out of the record."""
    for key in keys_of(router, text, day_of(now)):
        forget_key(session, router, key, now)
    return remembered(router, text, now)


def forget_ticket(session: Session, router: Router, number: str, now: datetime) -> MemoryView:
    """Forget the places that this ticket alone has taught; of the others its number is taken out.
    So nothing is left of a citizen whose tickets are erased."""
    own = sa.select(RoutingLesson).where(RoutingLesson.ticket_number == number)
    keys = {Key(row.district_code, row.name, row.number) for row in session.scalars(own)}
    for key in sorted(keys, key=str):
        others = sa.select(RoutingLesson.id).where(
            of_key(key), RoutingLesson.ticket_number.is_distinct_from(number)
        )
        if session.scalar(others.limit(1)) is None:
            forget_key(session, router, key, now)
    session.execute(
        sa.update(RoutingLesson)
        .where(RoutingLesson.ticket_number == number)
        .values(ticket_number=None)
    )
    left = {key: past for key in keys if (past := router.memory.past(key))}
    places = [remembered_place(router, key, past) for key, past in sorted(left.items())]
    return MemoryView(places=places, known=len(router.memory.places))


def of_key(key: Key) -> sa.ColumnElement[bool]:
    return sa.and_(
        RoutingLesson.district_code == key.district_code,
        RoutingLesson.name == key.name,
        RoutingLesson.number.is_not_distinct_from(key.number),
    )


def forget_key(session: Session, router: Router, key: Key, now: datetime) -> None:
    session.execute(sa.delete(RoutingLesson).where(of_key(key)))
    street_code = next(iter(router.memory.past(key)), None)
    if street_code is None:  # another has forgotten it meanwhile
        return
    row = {
        "lesson": Lesson.FORGET,
        **key._asdict(),
        "street_code": street_code,
        "taught_on": day_of(now),
        "recorded_at": now,
    }
    insert_many(session, RoutingLesson, [row])
    with router.learning:
        router.learn(Lesson.FORGET, key, street_code, day_of(now))
