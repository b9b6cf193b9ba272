"""Keeps the lessons of confirmed categories, and brings memory up to them.

Lessons are rows; each process makes its memory of them, and reads new rows every second or so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.kit.rows import insert_many
from app.kit.settled import read_after, settled
from app.suggest.grams import neighbours
from app.suggest.memory import MOST, MOST_PAIRS
from app.suggest.models import CategoryLesson
from app.suggest.reading import Reading
from app.suggest.suggester import Suggester

SURE = 0.9
"""What is suggested so surely teaches nothing new: the table need not grow by it."""

READ_BY_ALL = timedelta(days=1)
"""By then every process has read that a ticket is forgotten."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A ticket whose category a person confirmed; `text` is what the citizen asked for."""

    ticket_number: str
    category: str
    text: str


def teach(session: Session, suggester: Suggester, confirmed: Confirmed, now: datetime) -> bool:
    """Keep the lesson of a ticket; False where it has none.

    Only a category of the last level is learned, and only where it is not suggested surely as it
    is. A corrected category takes the former lesson's place.
    """
    is_leaf = confirmed.category in suggester.profiles.position
    if not is_leaf or is_known_well(suggester, confirmed):
        forget(session, confirmed.ticket_number, now)
        return False
    session.execute(lesson_of(confirmed.ticket_number))
    pairs = neighbours(Reading(confirmed.text).text, MOST_PAIRS)
    put(session, confirmed.ticket_number, confirmed.category, pairs, now)
    session.execute(OLDEST, {"category": confirmed.category})
    return True


def is_known_well(suggester: Suggester, confirmed: Confirmed) -> bool:
    """It is suggested surely."""
    likeliest = suggester.likely(confirmed.text, most=1)
    return bool(likeliest) and (
        likeliest[0].category == confirmed.category and likeliest[0].confidence >= SURE
    )


def forget(session: Session, ticket_number: str, now: datetime) -> None:
    """Take out the lesson of a ticket, if it has one."""
    lesson = lesson_of(ticket_number).returning(CategoryLesson.id)
    if session.execute(lesson).all():
        put(session, ticket_number, None, (), now)
        read = CategoryLesson.recorded_at < now - READ_BY_ALL
        session.execute(sa.delete(CategoryLesson).where(CategoryLesson.category.is_(None), read))


def lesson_of(ticket_number: str) -> sa.Delete:
    return sa.delete(CategoryLesson).where(
        CategoryLesson.ticket_number == ticket_number, CategoryLesson.category.is_not(None)
    )


def put(
    session: Session, number: str, category: str | None, pairs: tuple[str, ...], now: datetime
) -> None:
    row = {
        "ticket_number": number,
        "category": category,
        "pairs": " ".join(pairs),
        "recorded_at": now,
    }
    insert_many(session, CategoryLesson, [row])


OLDEST = sa.text(f"""
    DELETE FROM category_lesson WHERE id IN (
        SELECT id FROM category_lesson WHERE category = :category ORDER BY id DESC OFFSET {MOST}
    )
""")
"""Lessons that memory has put out: the table, too, keeps no more of a category."""


def refresh(session: Session, suggester: Suggester) -> int:
    """Learn the lessons recorded since the last time; their number. The session must see at each
    statement all that was committed before it."""
    learned = 0
    with suggester.learning:
        before = settled(session)
        for rows in read_after(session, CategoryLesson, suggester.learned_to, before):
            for row in rows:
                apply(suggester, row)
            learned += len(rows)
    return learned


def apply(suggester: Suggester, row: CategoryLesson) -> None:
    """A lesson of a category that the tree has no more is none."""
    position = suggester.profiles.position.get(row.category or "")
    if position is None:
        suggester.memory.forget(row.ticket_number)
    else:
        suggester.memory.learn(row.ticket_number, position, tuple(row.pairs.split(" ")))
    suggester.learned_to = (row.transaction, row.id)
