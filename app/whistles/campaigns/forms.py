"""Forms of a campaign's acts: command and teams, a team's day, a meeting, a notice, the summary."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic import StringConstraints as Text

from app.kit.messages import Message, shape
from app.kit.web.wire import Form, Line, OfficeCode, Prose, Shown, Told, no_flag

MOST_PEOPLE = 300
MOST_TEAMS = 50
MOST_COUNTERS = 30
MOST_RESOLUTIONS = 30


def written(value: object) -> object:
    """Refuses seconds since 1970, which pydantic would take for a day."""
    if isinstance(value, date) or (
        isinstance(value, str) and re.fullmatch("20[0-9]{2}-[0-9]{2}-[0-9]{2}", value)
    ):
        return value
    raise ValueError(Message("is no day such as 2026-11-20"))


Day = Annotated[date, BeforeValidator(written)]
"""In Beijing."""

UNIT = shape(r"^[A-Za-zÀ-ÿµΩ㎡㎥℃一-龥²³%（）()/·_-]{1,20}$", "is no unit of at most 20 letters")
Counter = Annotated[
    str,
    Text(pattern=UNIT),
    Shown,
]
"""The name of a figure, such as 摊位 or m²: no digit, so that nobody's number gets into it."""

Count = Annotated[
    Decimal,
    BeforeValidator(no_flag),
    Field(ge=0, le=1_000_000_000, decimal_places=3, allow_inf_nan=False, examples=[86]),
]
Figures = Annotated[dict[Counter, Count], Field(max_length=MOST_COUNTERS)]


class Person(Form):
    """Somebody by name and office; `duty`, what he is there."""

    name: Annotated[Line, Field(max_length=50)]
    office_code: OfficeCode
    duty: Annotated[Line, Field(max_length=50)] | None = None


def check_once(people: Iterable[Person]) -> None:
    """Raises ValueError on a person who is named twice."""
    pairs = [(person.name, person.office_code) for person in people]
    twice = sorted({pair for pair in pairs if pairs.count(pair) > 1})
    if twice:
        people_twice = [
            Message("{name} of {office}", name=name, office=code) for name, code in twice
        ]
        raise ValueError(Message("named twice: {people}", people=people_twice))


def each_once(people: list[Person]) -> list[Person]:
    check_once(people)
    return people


People = Annotated[
    list[Person], Field(min_length=1, max_length=MOST_PEOPLE), AfterValidator(each_once)
]


class Command(Form):
    """指挥部: `head` 总指挥, `members` of the departments."""

    head: Person
    members: Annotated[list[Person], Field(max_length=MOST_PEOPLE)] = []

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        check_once([self.head, *self.members])
        return self


class Team(Form):
    """工作组: `liaison` 联络员 of the street or of a summoned office keeps its log."""

    name: Annotated[Line, Field(max_length=50)]
    liaison: Person
    members: People


def each_in_one(teams: list[Team]) -> list[Team]:
    """Raises ValueError on a person in two teams, and on two teams of one name."""
    check_once(person for team in teams for person in (team.liaison, *team.members))
    names = [team.name for team in teams]
    if len(set(names)) < len(names):
        raise ValueError(Message("two teams have one name"))
    return teams


class Campaign(Form):
    """Nobody is in two teams; teams keep their numbers, from 1 in the order given. `until`: the
    campaign's plan date, in place of the whistle's."""

    command: Command
    teams: Annotated[
        list[Team], Field(min_length=1, max_length=MOST_TEAMS), AfterValidator(each_in_one)
    ]
    until: Told | None = None


class TeamDay(Form):
    """`team`: its number. `people`: who was present; `work`: what was done; `figures`: numbers by
    name, of this day alone."""

    team: Annotated[int, Field(ge=1, le=MOST_TEAMS, strict=True)]
    day: Day
    people: People
    work: Prose
    figures: Figures = {}


class CorrectedDay(TeamDay):
    """The whole day of a team as it should have been, and why."""

    reason: Prose


class Meeting(Form):
    """联席会议: `text`, what it was about; `resolutions`, what was decided."""

    held_at: Told
    people: People
    text: Prose
    resolutions: Annotated[list[Line], Field(min_length=1, max_length=MOST_RESOLUTIONS)]
