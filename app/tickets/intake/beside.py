"""What the answer to a new request tells beside its ticket, for the operator on the telephone."""

from collections.abc import Iterator

from app.city import City
from app.suggest.suggestion import Suggestion
from app.tickets import personal
from app.tickets.intake.arrival import Arrival, services
from app.tickets.intake.forms import NewTicket
from app.tickets.intake.related import Known, related
from app.tickets.views.view import Members

MOST_WARNINGS = 20


def beside(city: City, arrival: Arrival, known: Known, number: str) -> Members:
    """`number` is the ticket that the request became."""
    return {
        "related": related(city, arrival.subject, known, number),
        **at_once(city, arrival),
    }


def at_once(city: City, arrival: Arrival) -> Members:
    """What the request tells by itself."""
    new, suggestion = arrival.new, arrival.suggestion
    return {
        "suggested": suggested(suggestion),
        "tell": services(city, new, suggestion),
        "warnings": warnings(new),
    }


def suggested(suggestion: Suggestion | None) -> Members | None:
    if suggestion is None:
        return None
    return {
        "category": suggestion.category,
        "urgency": suggestion.urgency,
        "words": [word.text for word in suggestion.words],
    }


def warnings(new: NewTicket) -> list[Members]:
    """Personal data in free text, which whoever sees the ticket reads."""
    return [
        {"pointer": pointer, "kind": kind, "start": start, "end": end}
        for pointer, text in free_texts(new)
        for start, end, kind in personal.finds(text, new.citizen.name)
    ][:MOST_WARNINGS]


def free_texts(new: NewTicket) -> Iterator[tuple[str, str]]:
    yield "/title", new.title
    yield "/content", new.content
    yield "/address/text", new.address.text or ""
