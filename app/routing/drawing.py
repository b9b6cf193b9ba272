"""A decision drawn for a terminal: the finds under the text, then the decision and its reason."""

from collections.abc import Iterator
from unicodedata import east_asian_width

from app.kit.messages import Message, for_reader, language, word
from app.routing.decision import Candidate, Decision, Span
from app.routing.reasons import Reason, message

WIDE = "WF"


def draw(text: str, decision: Decision) -> Iterator[str]:
    """Lines; a character of Chinese is two columns wide."""
    line = " ".join(text.split("\n"))
    yield line
    yield from (under(line, span) for span in decision.evidence)
    yield ""
    office = f" {decision.office_name} {decision.office_code}" if decision.office_code else ""
    kind, chance = word(decision.decision, language.get()), f"{decision.confidence:.2f}"
    yield for_reader(
        Message(
            "{kind}{office} {chance} by {method}",
            kind=kind,
            office=office,
            chance=chance,
            method=decision.method,
        )
    )
    yield in_words(decision.explained) if decision.explained else decision.reason
    if decision.understood.unknown:
        yield for_reader(Message("not known: {names}", names=list(decision.understood.unknown)))
    if decision.ask:
        yield for_reader(Message("ask: {question}", question=in_words(decision.ask)))
    yield from (candidate_line(candidate) for candidate in decision.candidates)


def in_words(reason: Reason) -> str:
    return for_reader(message(reason.code, reason.parts))


def under(line: str, span: Span) -> str:
    before, inside = width(line[: span.start]), width(line[span.start : span.end])
    return f"{' ' * before}{'‾' * inside} {span.kind} {span.office_code} {span.score:.2f}"


def width(text: str) -> int:
    return sum(2 if east_asian_width(character) in WIDE else 1 for character in text)


def candidate_line(candidate: Candidate) -> str:
    name = f"{candidate.district_name}{candidate.office_name}"
    return f"  {candidate.confidence:.2f} {name} {candidate.office_code}"
