"""Suggestions on the wire."""

from typing import Annotated

from pydantic import Field
from pydantic import StringConstraints as Text

from app.kit.web.wire import Form, Keepable, Shown, View
from app.offices.catalogue import Urgency

MOST_CHARACTERS = 20_000

Words = Annotated[str, Text(min_length=1, max_length=MOST_CHARACTERS), Shown, Keepable]


class Question(Form):
    text: Words


class SpanView(View):
    """Where a word stands in the text that was given."""

    start: int
    end: int
    text: str


class CandidateView(View):
    """`words` are the caller's, for which the category is named; `spans` are their places."""

    category: str
    name: str
    urgency: Urgency
    words: list[str]
    spans: list[SpanView]
    confidence: Annotated[float, Field(ge=0, le=1)]
    emergency: bool
    """Of the list of words of an emergency; its level is the list's."""


class DoubtView(View):
    """A danger for which the list has no word: nothing is raised, the operator asks."""

    likelihood: Annotated[float, Field(ge=0, le=1)]
    words: str
    """The caller's clause that says most."""


class SuggestView(View):
    """Candidates, an emergency first, then the likeliest; `tell` names services to be told."""

    candidates: list[CandidateView]
    possible_danger: DoubtView | None
    tell: list[str]
