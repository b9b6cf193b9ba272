"""Lessons: a ticket teaches routing which street its place belongs to, and which not (D.5), and
suggestions the category of its words (D.4).

A ticket teaches one lesson of each kind at a time; one that turns out wrong is taken back. An
imagined ticket teaches nothing; a confidential one or a report nothing of its words.
"""

from app.offices.directory import STREET_KINDS
from app.routing import service as routing
from app.routing.memory import Lesson
from app.routing.service import Taught
from app.suggest import service as suggesting
from app.suggest.service import Confirmed
from app.tickets.acts.change import Change
from app.tickets.matter import words
from app.tickets.models import Request


def confirm(change: Change, office_code: str, teacher: str | None = None) -> None:
    """The place belongs to this office: a person named it, or it did the work unopposed."""
    ticket = change.ticket
    if ticket.taught == office_code or not is_street(change, office_code):
        return
    if ticket.taught:
        tell(change, ticket.taught, Lesson.WITHDRAW)
    tell(change, office_code, Lesson.CONFIRM, teacher)
    ticket.taught = office_code


def deny(change: Change, office_code: str, teacher: str | None = None) -> None:
    """The place does not belong to this office, against all lessons before."""
    if is_street(change, office_code):
        tell(change, office_code, Lesson.WITHDRAW, teacher)
        change.ticket.taught = None


def correct(change: Change, former: str | None, office_code: str, misplaced: bool = False) -> None:
    """A person gave the ticket to another office. The former one was wrong if the new one is a
    street, or if an objection to the area was upheld (`misplaced`): then that office teaches."""
    teacher = former if misplaced else None
    if former and former != office_code and (misplaced or is_street(change, office_code)):
        deny(change, former, teacher)
    confirm(change, office_code, teacher)


def take_back(change: Change) -> None:
    """A ticket entered by mistake or with a wrong address teaches nothing."""
    if change.ticket.taught:
        deny(change, change.ticket.taught)


def confirm_category(change: Change) -> None:
    """A person gave or corrected the category, or it was worked under without being corrected."""
    ticket = change.ticket
    if ticket.imagined or ticket.secret or ticket.category is None:
        return
    request = change.session.get_one(Request, ticket.number)
    confirmed = Confirmed(ticket.number, ticket.category, words(request.title, request.content))
    suggesting.teach(change.session, change.city.suggester, confirmed, change.now)


def forget_category(change: Change) -> None:
    """A ticket entered by mistake teaches nothing."""
    suggesting.forget(change.session, change.ticket.number, change.now)


def is_street(change: Change, office_code: str) -> bool:
    office = change.city.offices.get(office_code)
    return office is not None and office.kind in STREET_KINDS


def tell(change: Change, street_code: str, lesson: Lesson, teacher: str | None = None) -> None:
    if change.ticket.imagined:
        return
    address = change.session.get_one(Request, change.ticket.number).address
    number = change.ticket.number
    taught = Taught(address, street_code, change.now, lesson, number, teacher)
    routing.teach(change.session, change.city.router, [taught], change.now)
