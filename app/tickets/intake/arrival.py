"""A request that has passed every check, routed: all that is known of it before it is written."""

from dataclasses import dataclass
from datetime import datetime

from app.city import City
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.routing.decision import Decision, Query
from app.tickets import citizens, times
from app.tickets.acts import recipients
from app.tickets.acts.dispatch import ENQUIRIES, outcome
from app.tickets.acts.forms import NewTicket
from app.tickets.acts.recipients import Share
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

    @property
    def sender(self) -> Sender:
        citizen, kind = self.new.citizen, self.new.type
        return Sender(citizen.name, citizen.phone, kind, citizen.confidential)

    @property
    def secret(self) -> bool:
        return is_secret(self.new)


def is_secret(new: NewTicket) -> bool:
    return new.type is TicketType.REPORT or new.citizen.confidential


def arrive(city: City, new: NewTicket, now: datetime) -> Arrival:
    """Check and route one request. Refuses NoSuchCategory, NoSuchDistrict and ImpossibleTime."""
    city.check_district(new.address.district_code)
    urgency = new.urgency or city.catalogue.urgency(new.category)
    policy = city.policies.at(now)
    decision = city.route(query(new), now)
    times.check("/occurred_at", new.occurred_at, now)
    status = Status.RECEIVED if new.type in ENQUIRIES else outcome(decision, urgency)
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
        caller=citizens.caller_hash(city.secret, new.citizen.phone, new.citizen.anonymous),
    )


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
        text=new.address.text,
        district_code=new.address.district_code,
        lon=new.address.lon,
        lat=new.address.lat,
        category=new.category,
        title=new.title,
        content=new.content,
    )
