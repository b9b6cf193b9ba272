"""Suggestions over HTTP: which category a caller's words may mean."""

from typing import Annotated, Protocol

from fastapi import APIRouter, Depends, Query, Request

from app.access.gate import allow
from app.access.roles import STAFF
from app.kit.web.route import Route
from app.suggest.schemas import CandidateView, DoubtView, Question, SpanView, SuggestView, Words
from app.suggest.suggester import Suggester
from app.suggest.suggestion import Doubt, Suggestion, spoken


class City(Protocol):
    """The part of the application's city that suggestions need."""

    @property
    def suggester(self) -> Suggester: ...


async def suggester(request: Request) -> Suggester:
    city: City = request.app.state.city
    return city.suggester


AtHand = Annotated[Suggester, Depends(suggester)]
router = APIRouter(
    prefix="/v1", tags=["routing"], dependencies=[Depends(allow(STAFF))], route_class=Route
)


@router.get("/suggest")
def suggest_categories(suggester: AtHand, text: Annotated[Words, Query()]) -> SuggestView:
    """The categories that a caller's words may mean, with the words; nothing is kept."""
    return suggested(suggester, text)


@router.post("/suggest")
def suggest_of_long_text(suggester: AtHand, question: Question) -> SuggestView:
    """The same for a text that no URL holds, or that shall stand in none."""
    return suggested(suggester, question.text)


def suggested(suggester: Suggester, text: str) -> SuggestView:
    suggestions = suggester.suggest(text)
    is_heard = any(each.emergency for each in suggestions)
    doubt = None if is_heard else suggester.second_ear.doubt(text)
    return SuggestView(
        candidates=[candidate(suggester, suggestion) for suggestion in suggestions],
        possible_danger=doubt_view(doubt) if doubt else None,
        tell=[service for each in suggestions[:1] if each.emergency for service in each.tell],
    )


def doubt_view(doubt: Doubt) -> DoubtView:
    return DoubtView(likelihood=doubt.likelihood, words=doubt.clause.text)


def candidate(suggester: Suggester, suggestion: Suggestion) -> CandidateView:
    return CandidateView(
        category=suggestion.category,
        name=suggester.catalogue.category(suggestion.category).name,
        urgency=suggestion.urgency,
        words=spoken(suggestion.words),
        spans=[SpanView(start=w.start, end=w.end, text=w.text) for w in suggestion.words],
        confidence=suggestion.confidence,
        emergency=suggestion.emergency,
    )
