"""Reporting in 报到: an office accepts, comes, feeds back and is released by the street (H2 to H5).

事不完、人不撤: an office that leaves before its release leaves a violation on record, no more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import UNSET
from sqlalchemy import select

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.offices.directory import OfficeKind
from app.tickets import personal
from app.tickets.acts.forms import Nothing, Reason, Words
from app.tickets.acts.supervision import LONGEST
from app.tickets.life.likeness import metres
from app.whistles.acts import centre, codes
from app.whistles.acts.change import WhistleChange
from app.whistles.acts.forms import InterimRelease, ReportIn, Result, Results
from app.whistles.acts.handing import kept
from app.whistles.event_data import Appointed, Left, Moved, ReportedIn
from app.whistles.life.loop import (
    ON_SITE,
    UNSETTLED,
    SummonsStatus,
    WhistleAction,
    WhistleKind,
)
from app.whistles.models import ActionItem, Attendance, Summons, Whistle

A = WhistleAction

WITHOUT_DOCUMENTS = frozenset({OfficeKind.ENTERPRISE, OfficeKind.CENTRAL})
"""They help, and enforce nothing."""


class TooFar(Invalid):
    title = "That position is too far from the meeting point"


class NoMeetingPosition(Invalid):
    title = "The meeting point has no position: use the street's code"


class BadResults(Invalid):
    title = "Each action has one result"


class AppointmentPast(Invalid):
    title = "An office comes back at a time to come, within a year"


class Point:
    """A position on the ground, or none."""

    def __init__(self, lon: float | None, lat: float | None) -> None:
        self.lon = lon
        self.lat = lat


def moved(summons: Summons) -> Moved:
    return Moved(office_code=summons.office_code, summons=summons.status)


def accept(change: WhistleChange, summons: Summons, body: Nothing) -> None:
    """H2: somebody has the call."""
    change.move(summons, A.ACCEPT)
    summons.accepted_at = change.now
    change.record(A.ACCEPT, moved(summons))


def report_in(change: WhistleChange, summons: Summons, body: ReportIn) -> None:
    """H3: on time to the microsecond, by the server's time; who comes has accepted."""
    distance = distance_of(change.whistle, body)
    if body.code is not None:
        codes.spend(change, body.code, summons.office_code)
    change.move(summons, A.REPORT_IN)
    summons.accepted_at = summons.accepted_at or change.now
    summons.arrived_at = summons.arrived_at or change.now
    summons.came_at = change.now
    summons.away, summons.left_at, summons.next_at = False, None, None
    summons.escalate_at = None
    whole = None if distance is None else round(distance)
    member = centre.member(change, summons, body.person)
    data = ReportedIn(
        office_code=summons.office_code,
        summons=summons.status,
        distance_m=whole,
        by_code=body.code is not None,
        member_id=member.id if member else UNSET,
    )
    change.record(A.REPORT_IN, data, words={"person": body.person, "duty": body.duty})
    change.session.add(
        Attendance(
            whistle_number=change.whistle.number,
            seq=change.whistle.version,
            office_code=summons.office_code,
            came_at=change.now,
            distance_m=whole,
            by_code=body.code is not None,
        )
    )


def check_report(change: WhistleChange, summons: Summons, body: ReportIn) -> None:
    """Refuses NotInTheCentre, TooFar and NoMeetingPosition; with a code, CodeUnknown."""
    centre.check_person(change, summons, body.person)
    if body.code is not None:
        codes.check(change, body.code)
        return
    distance = distance_of(change.whistle, body)
    if distance is None:
        fault = {"pointer": "/code", "detail": Message("the meeting point has no position")}
        raise NoMeetingPosition(errors=[fault])
    most = change.policy.whistle.geo_m
    if distance > most:
        detail = Message(
            "{distance} m from the meeting point, at most {most} m",
            distance=round(distance),
            most=most,
        )
        fault = {"pointer": "/lon", "detail": detail}
        raise TooFar(detail, errors=[fault], distance_m=round(distance), most_m=most)


def distance_of(whistle: Whistle, body: ReportIn) -> float | None:
    """In metres from the meeting point; None where one of the two has no position."""
    point = Point(whistle.meeting_lon, whistle.meeting_lat)
    return metres(Point(body.lon, body.lat), point)


def feed_back(change: WhistleChange, summons: Summons, body: Results) -> None:
    """H4: a result for each action, each office by its own duty 按照各自职责."""
    items = change.items(summons)
    for item, result in results_of(kept(items), body.results, change.citizens).items():
        item.result, item.document, item.fed_back_at = result.result, result.document, change.now
    change.move(summons, A.FEED_BACK)
    summons.fed_back_at = change.now
    texts = {f"result_{item.seq}": item.result for item in kept(items)}
    change.record(A.FEED_BACK, moved(summons), words=texts)


def check_results(change: WhistleChange, summons: Summons, body: Results) -> None:
    """Refuses (BadResults) a result of no action, two of one, an action without its result, and in
    an enforcement a result without its legal document."""
    results = results_of(kept(change.items(summons)), body.results, change.citizens)
    office = change.city.offices.get(summons.office_code)
    enforces = office is None or office.kind not in WITHOUT_DOCUMENTS
    if change.whistle.kind is not WhistleKind.ENFORCEMENT or not enforces:
        return
    for place, result in enumerate(body.results):
        if result in results.values() and result.document is None:
            raise bad(f"/results/{place}/document", Message("an enforcement has a legal document"))


def results_of(
    items: Sequence[ActionItem], results: Sequence[Result], citizens: Sequence[str]
) -> Mapping[ActionItem, Result]:
    """By action, as the office reads it. Refuses BadResults."""
    named: dict[str | int, ActionItem] = {item.seq: item for item in items}
    named |= {personal.hide(item.action, *citizens): item for item in items}
    named |= {item.action: item for item in items}
    given: dict[ActionItem, Result] = {}
    for place, result in enumerate(results):
        item = named.get(result.action)
        if item is None:
            raise bad(
                f"/results/{place}/action",
                Message("no action {action!r} is asked for", action=result.action),
            )
        if item in given:
            raise bad(
                f"/results/{place}/action",
                Message("the action {action!r} has two results", action=item.action),
            )
        given[item] = result
    left = [item.action for item in items if item not in given and item.fed_back_at is None]
    if left:
        raise bad("/results", Message("without a result: {actions}", actions=left))
    return given


def bad(pointer: str, detail: Message) -> BadResults:
    return BadResults(detail, errors=[{"pointer": pointer, "detail": detail}])


def leave(change: WhistleChange, summons: Summons, body: Reason) -> None:
    """Recorded, never refused: before the release, and without an interim one, a violation; none
    once the whistle is settled or false, and of a campaign the end of a day."""
    whistle = change.whistle
    held = summons.status in ON_SITE | {SummonsStatus.OBJECTED} and not summons.away
    early = held and whistle.status in UNSETTLED and whistle.campaign_at is None
    change.move(summons, A.LEAVE)
    if not summons.away:
        summons.left_at = change.now
    summons.away = True
    summons.early_leave = summons.early_leave or early
    end_visit(change, summons, change.now)
    data = Left(office_code=summons.office_code, summons=summons.status, early=early)
    change.record(A.LEAVE, data, words={"reason": body.reason})


def end_visit(change: WhistleChange, summons: Summons, at: datetime) -> None:
    """Of the last visit: the end of a campaign's earlier days may be unknown."""
    query = select(Attendance).where(
        Attendance.whistle_number == summons.whistle_number,
        Attendance.office_code == summons.office_code,
    )
    visit = change.session.scalar(query.order_by(Attendance.seq.desc()).limit(1))
    if visit is not None and visit.left_at is None:
        visit.left_at = at


def release(change: WhistleChange, summons: Summons, body: Words) -> None:
    """H5: the street alone lets go; its words are what it saw of the office's actions."""
    for item in kept(change.items(summons)):
        item.verified_at = change.now
    change.move(summons, A.RELEASE)
    summons.released_at = change.now
    change.record(A.RELEASE, moved(summons), words={"text": body.text})


def interim_release(change: WhistleChange, summons: Summons, body: InterimRelease) -> None:
    """Of what takes longer than a day: until the next appointed time."""
    change.move(summons, A.INTERIM_RELEASE)
    summons.away, summons.next_at = True, body.next_at
    end_visit(change, summons, change.now)
    data = Appointed(office_code=summons.office_code, summons=summons.status, next_at=body.next_at)
    change.record(A.INTERIM_RELEASE, data, words={"text": body.text})


def check_appointment(change: WhistleChange, summons: Summons, body: InterimRelease) -> None:
    if not change.now < body.next_at <= change.now + LONGEST:
        fault = {"pointer": "/next_at", "detail": Message("must lie ahead, within a year")}
        raise AppointmentPast(errors=[fault])
