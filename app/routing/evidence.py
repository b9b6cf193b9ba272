"""Finds in a text → scored evidence for streets, with the district as context."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.routing.decision import Span
from app.routing.names import Find, Kind, Meaning
from app.routing.text import Reading

SCORES = {Kind.STREET: 0.95, Kind.COMMUNITY: 0.92, Kind.VILLAGE: 0.92, Kind.STEM: 0.60}
WITHOUT_DISTRICT = {Kind.STREET: 0.95, Kind.COMMUNITY: 0.80, Kind.VILLAGE: 0.80}
IN_SEVERAL = 0.70


@dataclass(frozen=True, slots=True)
class Location:
    """Where it is, as far as can be told: streets by falling probability, and what speaks for them."""

    ranked: tuple[tuple[str, float], ...]
    spans: tuple[Span, ...]
    district_code: str | None
    community_code: str | None
    method: str
    why: str
    conflict: str

    @property
    def best(self) -> str | None:
        return self.ranked[0][0] if self.ranked else None

    @property
    def first_two(self) -> tuple[float, float]:
        scores = [score for _, score in self.ranked[:2]] + [0.0, 0.0]
        return scores[0], scores[1]


def locate(reading: Reading, finds: Sequence[Find], district_code: str | None) -> Location:
    """The streets that the finds speak for; the district named, if any, decides between namesakes."""
    named = {m.code for find in finds for m in find.meanings if m.kind is Kind.DISTRICT}
    districts = {district_code} if district_code else named
    spans = [span for find in finds for span in read_find(reading, find, districts)]
    scores: dict[str, float] = {}
    for span in spans:
        scores[span.office_code] = max(scores.get(span.office_code, 0.0), span.score)
    if any(span.kind == Kind.STREET for span in spans):
        official = {span.office_code for span in spans if span.kind == Kind.STREET}
        scores = {code: score for code, score in scores.items() if code in official}
    ranked = tuple(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
    best = ranked[0][0] if ranked else None
    told = next(
        (span for span in spans if span.office_code == best and span.score == ranked[0][1]), None
    )
    conflict = contradiction(named, districts, ranked)
    if len(districts) == 1:
        district = next(iter(districts))
    else:
        district = best[:6] if best else None
    return Location(
        ranked,
        tuple(spans),
        district,
        None,
        told.kind if told else "none",
        told.text if told else "",
        conflict,
    )


def read_find(reading: Reading, find: Find, districts: set[str]) -> Iterable[Span]:
    """One span for each street the find may mean."""
    start, end = reading.span(find.start, find.end)
    within = [m for m in find.meanings if m.kind in SCORES and m.code[:6] in districts]
    meant = within or [m for m in find.meanings if m.kind in SCORES and not districts]
    streets = {m.code: m for m in reversed(meant)}
    for meaning in streets.values():
        score = grade(meaning, len(streets) > 1, bool(districts))
        yield Span(start, end, meaning.name, meaning.kind, meaning.code, score)


def grade(meaning: Meaning, several: bool, in_district: bool) -> float:
    score = SCORES[meaning.kind]
    if not in_district:
        score = WITHOUT_DISTRICT.get(meaning.kind, score)
    return min(score, IN_SEVERAL) if several else score


def contradiction(named: set[str], districts: set[str], ranked: Sequence[tuple[str, float]]) -> str:
    first_two = [score for _, score in ranked[:2]]
    if len(first_two) > 1 and min(first_two) >= SCORES[Kind.STREET]:
        return "two streets are named"
    if len(named) > 1:
        return "two districts are named"
    if named and districts and named != districts:
        return "the district given is not the one in the text"
    return ""
