"""The register of matters on hold (挂账), by the day on which each is looked at again (D.12).

It is public inside the system, and names no citizen.
"""

from sqlalchemy import select

from app import codes
from app.kit.web.paging import Order, Page, instant
from app.kit.web.wire import At, View
from app.tickets.citizens import NEAR_THE_SUBJECT
from app.tickets.events import Statement
from app.tickets.life.holds import HoldLevel, HoldReason
from app.tickets.life.lifecycle import Status
from app.tickets.models import Ticket
from app.tickets.proceedings import Hold
from app.tickets.views import view
from app.tickets.views.lists import Paging
from app.tickets.views.schemas import OfficeBrief
from app.tickets.views.view import Viewer

REVIEW_FIRST = Order((Ticket.review_at, Ticket.number), (instant, str))


class MilestoneView(View):
    at: At
    text: str | None


class HoldView(View):
    ticket_number: str
    office: OfficeBrief
    district_code: str | None
    reason_code: HoldReason
    level: HoldLevel
    """Who answers for the plan; it rises with each review that finds nothing done."""
    plan: str | None
    """Its words, and the milestones', are left out of a secret ticket, but for the city's desks."""
    milestones: list[MilestoneView]
    asked_at: At
    held_at: At
    review_at: At
    renewals: int


class Listing(Paging):
    office_code: codes.Office = None
    district_code: codes.District = None


def register(viewer: Viewer, listing: Listing) -> Page[HoldView]:
    query = select(Ticket).where(Ticket.status == Status.ON_HOLD)
    if listing.office_code:
        query = query.where(Ticket.office_code == listing.office_code)
    if listing.district_code:
        query = query.where(Ticket.district_code == listing.district_code)
    page, after = REVIEW_FIRST.page(viewer.session, query, listing.cursor, listing.limit)
    tickets = {ticket.number: ticket for ticket in page}
    shown = {
        hold.ticket_number: line(viewer, tickets[hold.ticket_number], hold, statement)
        for hold, statement in viewer.session.execute(
            select(Hold, Statement)
            .join(
                Statement,
                (Statement.ticket_number == Hold.ticket_number) & (Statement.seq == Hold.seq),
            )
            .where(
                Hold.ticket_number.in_(tickets), Hold.held_at.is_not(None), Hold.ended_at.is_(None)
            )
        )
    }
    return Page(items=[shown[number] for number in tickets], next=after)


def line(viewer: Viewer, ticket: Ticket, hold: Hold, statement: Statement) -> HoldView:
    is_hidden = ticket.secret and viewer.caller.role in NEAR_THE_SUBJECT
    texts = statement.words.get("milestones", [])
    return HoldView(
        ticket_number=ticket.number,
        office=view.brief(viewer.city, hold.office_code),
        district_code=ticket.district_code,
        reason_code=hold.reason_code,
        level=hold.level,
        plan=None if is_hidden else statement.words["plan"],
        milestones=[
            MilestoneView.model_validate({"at": at, "text": None if is_hidden else text})
            for at, text in zip(hold.milestones, texts, strict=True)
        ],
        asked_at=hold.asked_at,
        held_at=hold.held_at,
        review_at=hold.review_at,
        renewals=ticket.renewals,
    )
