"""The parts of a text that speak for a decision, in the caller's own words."""

from app.routing.decision import Span, rounded
from app.routing.reading.names import LANDMARKS, PLACES, Kind, kinds
from app.routing.reading.scene import DISTRICT_KINDS, DISTRICTS, STREETS, Scene
from app.routing.witnesses import Witness

OFFICES = DISTRICTS | STREETS | PLACES | LANDMARKS | kinds(Kind.STEM)
WHOLE_PLACE = ("memory", "similarity")


def cite(scene: Scene, witness: Witness | None, text: str) -> list[Span]:
    """The finds that speak for anything, in the caller's own words."""
    shares = dict(witness.ranked) if witness else {}
    spans: list[Span] = []
    for find in scene.finds:
        if find.kinds & OFFICES:
            start, end = scene.reading.span(find.start, find.end)
            for meaning in scene.meant_by(find):
                code, kind = meaning.code, meaning.kind
                if kind in DISTRICT_KINDS:
                    spans.append(Span(start, end, text[start:end], "district", code, 1.0))
                elif code:
                    sure = rounded(shares.get(code, 0.0))
                    spans.append(Span(start, end, text[start:end], kind.value, code, sure))
    return spans


def cite_whole(scene: Scene, witness: Witness | None, text: str) -> list[Span]:
    """The place as a whole, where memory or similarity gave its street."""
    if witness is None or scene.spot is None or witness.method not in WHOLE_PLACE:
        return []
    start, end = scene.reading.span(scene.spot.start, scene.spot.end)
    sure = rounded(witness.sure)
    return [Span(start, end, text[start:end], witness.method, witness.best, sure)]
