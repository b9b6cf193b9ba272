"""What the answer to a new request tells beside its ticket, for the operator on the telephone."""

from collections.abc import Iterator

from app.city import City
from app.suggest.suggestion import Doubt, Suggestion, spoken
from app.tickets import personal, telephones
from app.tickets.intake.arrival import Arrival, services
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.related import Known, related
from app.tickets.life.lifecycle import TicketType
from app.tickets.matter import words
from app.tickets.views.view import Members

MOST_WARNINGS = 20
ODD_TELEPHONE = "odd_telephone"

LOOKED_AT = 100
"""Characters: the matter is told at the beginning, and a citizen is on the line."""

LEAST_SURE = 0.25
"""A category that is less likely is not suggested."""


def beside(city: City, arrival: Arrival, known: Known, number: str) -> Members:
    """`number` is the ticket that the request became."""
    return {
        "related": related(city, arrival.subject, known, number),
        **of_matter(city, arrival),
    }


def of_matter(city: City, arrival: Arrival) -> Members:
    """What its words tell, with a category where the operator named none."""
    return of_words(city, arrival, arrival.suggestion or likely(city, arrival.new))


def of_words(city: City, arrival: Arrival, suggestion: Suggestion | None) -> Members:
    """What the request's own words tell."""
    return {
        "suggested": shown(suggestion) if suggestion else None,
        "possible_danger": possible_danger(arrival.doubt()),
        "tell": services(city, arrival.new, arrival.suggestion),
        "warnings": warnings(arrival.new),
    }


def likely(city: City, new: NewTicket) -> Suggestion | None:
    """The category that the words mean, where the operator named none. A praise needs none."""
    if new.category is not None or new.type is TicketType.PRAISE:
        return None
    beginning = words(new.title, new.content)[:LOOKED_AT]
    first = city.suggester.likely(beginning, most=1)
    return first[0] if first and first[0].confidence >= LEAST_SURE else None


def possible_danger(doubt: Doubt | None) -> Members | None:
    """A question to the operator; where none is on the line, to the city's desks (D.4)."""
    return {"likelihood": doubt.likelihood, "words": doubt.clause.text} if doubt else None


def shown(suggestion: Suggestion) -> Members:
    return {
        "category": suggestion.category,
        "urgency": suggestion.urgency,
        "words": spoken(suggestion.words),
    }


def warnings(new: NewTicket) -> list[Members]:
    """Telephones that nobody can be called at, and personal data in free text, which whoever sees
    the ticket reads."""
    finds = (
        {"pointer": pointer, "kind": kind, "start": start, "end": end}
        for pointer, text in free_texts(new)
        for start, end, kind in personal.finds(text, new.citizen.name)
    )
    return [*odd_telephones(new), *finds][:MOST_WARNINGS]


def odd_telephones(new: NewTicket) -> Iterator[Members]:
    for name in ("phone", "callback_phone"):
        text = getattr(new.citizen, name)
        number = text and telephones.read(text)
        if number and not number.is_dialable:
            whole = {"start": 0, "end": len(text)}
            yield {"pointer": f"/citizen/{name}", "kind": ODD_TELEPHONE, **whole}


def free_texts(new: NewTicket) -> Iterator[tuple[str, str]]:
    yield "/title", new.title
    yield "/content", new.content
    yield "/address/text", new.address.text or ""
