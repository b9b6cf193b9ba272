"""A request that has passed every check, routed: all that is known of it before it is written."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from app.city import City
from app.offices.catalogue import Urgency
from app.policy.documents import Policy
from app.routing.decision import Decision, DecisionKind, Query
from app.suggest.suggestion import Doubt, Suggestion
from app.tickets import citizens, times
from app.tickets.acts.dispatching import recipients
from app.tickets.acts.dispatching.recipients import Share
from app.tickets.intake import acceptance
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.related import Subject, subject
from app.tickets.life import limits, sources
from app.tickets.life.alarms import URGENT
from app.tickets.life.lifecycle import BETWEEN_OFFICES, Channel, Status, TicketType
from app.tickets.life.likeness import Matter
from app.tickets.matter import words
from app.tickets.persons import Sender


class Listening:
    """For a doubt, once, when somebody first asks for it."""

    def __init__(self, city: City, new: NewTicket, known: Suggestion | None, urgency: Urgency):
        self.city, self.new, self.known, self.urgency = city, new, known, urgency

    def __call__(self) -> Doubt | None:
        return self.doubt

    @cached_property
    def doubt(self) -> Doubt | None:
        return doubt(self.city, self.new, self.urgency, self.known)


class Arrival(Struct, frozen=True):
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
    called_at: bytes | None
    """The keyed hashes of his telephone, and of another one to be called at."""
    suggestion: Suggestion | None
    """The danger that its words tell, whatever its category."""
    doubt: Callable[[], Doubt | None]
    """The danger that they may mean, where nothing graver is known: listened for once, and of a
    call only while the database writes it down."""
    repeat_of: str | None = None
    rescue: bool = False
    """A rescue service must be told, too."""
    in_batch: bool = False
    """It comes with many others, and nobody is on the line."""

    def later(self, now: datetime) -> "Arrival":
        """The same by the same rules and names, as it arrives at a later instant."""
        due = limits.due(self.policy, self.urgency, now) if self.due else None
        return replace(self, at=now, due=due)

    @property
    def subject(self) -> Subject:
        return subject(self.matter, self.decision, self.policy.merge.radius_m)

    @property
    def is_raised(self) -> bool:
        """Whether its level may be that of its words (RULEBOOK D.4)."""
        return self.suggestion is not None and self.new.category is None

    @property
    def danger_asked_at(self) -> datetime | None:
        """Since when somebody of the city is to look whether its words mean a danger that its level
        is not: nobody on the line can be asked (RULEBOOK D.4)."""
        is_spoken = self.new.channel is Channel.PHONE and not self.in_batch
        if is_spoken or self.ended:
            return None
        danger = self.suggestion
        is_graver = danger.urgency < self.urgency if danger else self.doubt() is not None
        return self.at if is_graver else None

    @property
    def sender(self) -> Sender:
        citizen, kind = self.new.citizen, self.new.type
        return Sender(citizen.name, citizen.telephone, kind, citizen.confidential)

    @property
    def ended(self) -> bool:
        """Whether its ticket is over with the call, so that nothing can be added to it."""
        return acceptance.is_ended(self.new)

    @property
    def is_unplaced(self) -> bool:
        """Whether nobody knows where something urgent lies, which rings at once (D.6.3)."""
        nowhere = self.decision.decision is DecisionKind.NEED_INFO
        return nowhere and self.status in BETWEEN_OFFICES and self.urgency in URGENT

    @property
    def no_citizen(self) -> bool:
        new, citizen = self.new, self.new.citizen
        reachable = citizen.telephone is not None
        return sources.no_citizen(self.policy, new.channel, citizen.anonymous, reachable)

    @property
    def secret(self) -> bool:
        return is_secret(self.new)


def is_secret(new: NewTicket) -> bool:
    return new.type is TicketType.REPORT or new.citizen.confidential


def arrive(city: City, new: NewTicket, now: datetime) -> Arrival:
    """Check and route one request. Refuses NoSuchCategory, NoSuchDistrict, ImpossibleTime and
    NotYourPart."""
    city.check_district(new.address.district_code)
    city.catalogue.urgency(new.category)
    check_times(new, now)
    acceptance.check(new.acceptance)
    return as_of(city, new, now)


def as_of(city: City, new: NewTicket, now: datetime) -> Arrival:
    """A request that passed its checks when it came, by the rules and names of `now`."""
    suggestion = suggest(city, new)
    urgency = level(city, new, suggestion)
    policy = city.policies.at(now)
    decision = city.route(query(new), now)
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
        called_at=citizens.callback_hash(
            city.secret, new.citizen.callback_phone, new.citizen.anonymous
        ),
        suggestion=suggestion,
        doubt=Listening(city, new, suggestion, urgency),
        rescue=bool(services(city, new, suggestion)),
    )


def suggest(city: City, new: NewTicket) -> Suggestion | None:
    """A praise speaks of dangers that are over."""
    if new.type is TicketType.PRAISE:
        return None
    return city.emergencies.suggest(words(new.title, new.content))


def doubt(
    city: City, new: NewTicket, urgency: Urgency, suggestion: Suggestion | None
) -> Doubt | None:
    """A danger for which the list has no word."""
    if suggestion or urgency is Urgency.L1 or new.type is TicketType.PRAISE:
        return None
    return city.suggester.second_ear.doubt(words(new.title, new.content))


def services(city: City, new: NewTicket, suggestion: Suggestion | None) -> list[str]:
    """Those that must be told of it, by its category and by its words; but for the one to which the
    operator hands it now."""
    by_words = suggestion.tell if suggestion else ()
    every = dict.fromkeys((*city.catalogue.tell(new.category), *by_words))
    return [service for service in every if service != new.acceptance.service]


def level(city: City, new: NewTicket, suggestion: Suggestion | None) -> Urgency:
    """D.4: what is said, else the category's; without a category never less than what the words
    tell, so that no danger gets seven days in silence."""
    urgency = new.urgency or city.catalogue.urgency(new.category)
    if suggestion is None or new.category is not None:
        return urgency
    return min(urgency, suggestion.urgency)


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
