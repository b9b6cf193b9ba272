"""Reasons of a decision, as code and parts, told in the reader's language. A part is a name, a
number, names of several, or another reason.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from msgspec import Struct

from app.kit.messages import Message, Texts, template

AND, OR = template("{first} and {second}"), template("{first} or {second}")

TEXTS: Texts = {
    # of witnesses: the beginning of a sentence
    "street": "{street} is named",
    "community": "{place}",
    "like": "{place} is like {name}, which",
    "around": "{place}, by the names around it,",
    "stem": "{place} is a street's short name, and",
    "landmark": "{place} is a landmark, which",
    "spelling": "{place} is not known, but {names} is, which",
    "past": "{cases} earlier {requests} from here",
    "point": "the point",
    "nearby": "the point, by the nearest streets of which a place is known,",
    # of decisions
    "named": "{why}",
    "belongs": "{why} belongs to {street}",
    "went": "{why} went to {street}",
    "lies": "{why} lies in {street}",
    "doubt": "{why} may belong to {streets}: not certain enough to dispatch",
    "outside": "{place} is outside the area of Beijing",
    "nothing": "the text names no place of Beijing that is known: ask for district and street",
    "district": "only {district} is known, not the street: its centre must look",
    "district_nearby": (
        "only {district} is known, and nearest to the point lie {streets}: its centre must look"
    ),
    "duty": "by the catalogue this matter is the duty of {office}",
    "duty_without_district": ("this matter is a district department's, and no district is known"),
    # of contradictions
    "two_districts": "{districts} are both named, and a place lies in one district",
    "two_streets": "{streets} are both named",
    "street_elsewhere": "{street} is not in {district}, which is named",
    "place_elsewhere": "{district} is said, but {place} is known in {known_district}, {street}",
    "young_memory": "{why} went to {street}, but the place of that name is {own}'s",
    "bare_area": "{area} is named, but {place} belongs to {street}",
    "point_outside": "the coordinates lie outside the area of Beijing",
    "point_outside_text": (
        "the coordinates lie outside the area of Beijing, while the text tells of {street}"
    ),
    "point_district": "{district} is named, but the point lies in {streets}",
    "point_words": "{why}, of {street}, but the point lies in {streets}",
    # of questions
    "which_district": "Which district and which street, or which estate?",
    "which_place": "Which estate, or which street with its number?",
    "which_number": "What number of {place}?",
    "which_side": "On which side of {place}, or by which exit?",
    "which_name": "Is {names} meant?",
    "which_street": "Is it in {streets}?",
    "which_is_right": "Which of the two is right?",
}
"""Of each code; {streets}, {names} and {districts} are several."""

JOINED = {"districts": AND, "names": OR}
OF_CODE = {"two_streets": AND, "district_nearby": AND}


class Reason(Struct, frozen=True, gc=False):
    code: str
    parts: dict[str, Any] = {}


def tell(reason: Reason) -> str:
    """A reason in English, as it is kept beside its code and parts."""
    return str(message(reason.code, reason.parts))


def message(code: str, parts: Mapping[str, Any]) -> Message:
    return Message(TEXTS[code], **{name: part_of(code, name, parts[name]) for name in parts})


def part_of(code: str, name: str, part: Any) -> object:
    if isinstance(part, Reason):
        return message(part.code, part.parts)
    if isinstance(part, dict):
        return message(**part)
    if isinstance(part, list):
        return joined(between(code, name), part)
    return part


def between(code: str, name: str) -> str:
    """The template that joins the names of a part."""
    return OF_CODE.get(code) or JOINED.get(name, OR)


def joined(link: str, names: Sequence[object]) -> object:
    def beside(first: object, second: object) -> object:
        return Message(link, first=first, second=second)

    return reduce(beside, names) if names else ""
