"""A request that has passed every check, routed: all that is known of it before it is written."""

from dataclasses import dataclass
from datetime import datetime

from app.city import City
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.routing.decision import Decision, Query
from app.tickets import citizens, times
from app.tickets.acts import recipients
from app.tickets.acts.recipients import Share
from app.tickets.intake import acceptance
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.persons import Sender
from app.tickets.life import limits
from app.tickets.life.lifecycle import Status, TicketType
from app.tickets.life.likeness import Matter
from app.tickets.matter import words


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request that has passed every check, with where it belongs and its clock."""

    new: NewTicket
    at: datetime
    policy: Policy
    urgency: Urgency
    decision: Decision
    status: Status
    share: Share | None
    due: limits.Due | None
    matter: Matter
    caller: bytes | None
    repeat_of: str | None = None
    rescue: bool = False
    """A rescue service must be told, too."""

    @property
    def sender(self) -> Sender:
        citizen, kind = self.new.citizen, self.new.type
        return Sender(citizen.name, citizen.telephone, kind, citizen.confidential)

    @property
    def ended(self) -> bool:
        """Whether its ticket is over with the call, so that nothing can be added to it."""
        return acceptance.is_ended(self.new)

    @property
    def secret(self) -> bool:
        return is_secret(self.new)


def is_secret(new: NewTicket) -> bool:
    return new.type is TicketType.REPORT or new.citizen.confidential


def arrive(city: City, new: NewTicket, now: datetime) -> Arrival:
    """Check and route one request. Refuses NoSuchCategory, NoSuchDistrict, ImpossibleTime and
    NotYourPart."""
    city.check_district(new.address.district_code)
    urgency = new.urgency or city.catalogue.urgency(new.category)
    policy = city.policies.at(now)
    decision = city.route(query(new), now)
    check_times(new, now)
    acceptance.check(new.acceptance)
    status = acceptance.status_of(new, decision.decision, urgency)
    dispatched = status is Status.DISPATCHED
    return Arrival(
        new=new,
        at=now,
        policy=policy,
        urgency=urgency,
        decision=decision,
        status=status,
        share=recipients.share_of(city, decision) if dispatched else None,
        due=limits.due(policy, urgency, now) if dispatched else None,
        matter=matter(new, decision),
        caller=citizens.caller_hash(city.secret, new.citizen.telephone, new.citizen.anonymous),
        rescue=bool(city.catalogue.tell(new.category)),
    )


def check_times(new: NewTicket, now: datetime) -> None:
    times.check("/occurred_at", new.occurred_at, now)
    times.check("/source/published_at", new.source.published_at if new.source else None, now)
    times.check_ahead("/citizen/callback_after", new.citizen.callback_after, now)


def matter(new: NewTicket, decision: Decision) -> Matter:
    return Matter(
        place=decision.place,
        words=words(new.title, new.content),
        category=new.category,
        praise=new.type is TicketType.PRAISE,
        district_code=decision.district_code,
        street_code=decision.street_code,
        lon=new.address.lon,
        lat=new.address.lat,
        secret=is_secret(new),
    )


def query(new: NewTicket) -> Query:
    return Query(
        text=new.address.text or "",
        district_code=new.address.district_code,
        lon=new.address.lon,
        lat=new.address.lat,
        category=new.category,
        title=new.title,
        content=new.content,
    )
