"""The forms of sealed rankings: each spelled out once, and never changed.

A new member of a ranking is a new form, with structs of its own. A member that a former form lacks
is a property of its struct.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any

import msgspec

from app.kit.web.compress import LEVEL
from app.rankings.ranks import again
from app.rankings.schemas import RankingView, RowView

ENCODER = msgspec.json.Encoder(decimal_format="number")


class Rate1(msgspec.Struct, frozen=True):
    percent: Decimal | None
    numerator: str
    denominator: int


class Interval1(msgspec.Struct, frozen=True):
    low: Decimal | None
    high: Decimal | None


class Intervals1(msgspec.Struct, frozen=True):
    response: Interval1
    resolution: Interval1
    satisfaction: Interval1


class Row1(msgspec.Struct, frozen=True):
    office_code: str
    office_name: str
    district_code: str | None
    status: str
    rank: int | None
    previous_rank: int | None
    assessed: int
    response: Rate1
    resolution: Rate1
    satisfaction: Rate1
    composite: Decimal | None
    composite_exact: str | None
    volume: int
    per_10k: Decimal | None
    excluded: int
    not_assessed: int
    on_hold: int
    overdue: int
    classes: tuple[str, ...]
    primary_class: str | None
    grade: str | None
    group: str | None
    group_rank: int | None
    intervals: Intervals1


class Weights1(msgspec.Struct, frozen=True):
    response: str
    resolution: str
    satisfaction: str


class Ranking1(msgspec.Struct, frozen=True):
    period: str
    league: str
    sealed: bool
    policy: str
    weights: Weights1
    content_hash: str
    rows: list[Row1]


@dataclass(frozen=True, slots=True)
class Form:
    ranking: type[Any]
    canonical: tuple[str, ...]
    """Members in `content_hash`."""

    def read(self, text: bytes) -> RankingView:
        """Refuses (ValueError) a text that is no ranking of this form."""
        ranking = msgspec.json.decode(text, type=self.ranking)
        return msgspec.convert(ranking, RankingView, from_attributes=True)

    def narrowed(self, view: RankingView) -> Any:
        """The form's own struct."""
        return msgspec.convert(view, self.ranking, from_attributes=True)

    def written(self, view: RankingView) -> bytes:
        return ENCODER.encode(self.narrowed(view))

    def hashed(self, view: RankingView) -> RankingView:
        return replace(view, content_hash=self.hash_of(self.narrowed(view)))

    def hash_of(self, ranking: Any) -> str:
        """Of the form's own struct."""
        text = ENCODER.encode({name: getattr(ranking, name) for name in self.canonical})
        return f"sha256:{sha256(text).hexdigest()}"

    def sealed(self, view: RankingView) -> tuple[RankingView, bytes]:
        """A ranking hashed as a seal keeps it, and its bytes."""
        ranking = self.narrowed(view)
        text = self.hash_of(ranking)
        body = ENCODER.encode(msgspec.structs.replace(ranking, sealed=True, content_hash=text))
        return replace(view, sealed=True, content_hash=text), body


NEWEST = 1
FORMS: Mapping[int, Form] = {
    1: Form(Ranking1, ("period", "league", "policy", "weights", "rows")),
}


@dataclass(frozen=True)
class Written:
    """A ranking as JSON."""

    body: bytes
    form: int = NEWEST
    lasting: bool = False
    """It is sealed, and so the same for good."""

    def view(self) -> RankingView:
        return FORMS[self.form].read(self.body)

    def of_district(self, code: str) -> "Written":
        """Only the rows of a district, hashed by themselves."""
        return self.of([row for row in self.view().rows if row.district_code == code])

    def of_line(self, line: str) -> "Written":
        """Only the departments of a line, with the places that they have in it."""
        rows = [row for row in self.view().rows if row.group == line]
        before = {row.office_code: row.previous_rank for row in rows}
        former = again({code: rank for code, rank in before.items() if rank is not None})
        return self.of(
            [
                replace(row, rank=row.group_rank, previous_rank=former.get(row.office_code))
                for row in rows
            ]
        )

    def of(self, rows: list[RowView]) -> "Written":
        whole, form = self.view(), FORMS[self.form]
        return Written(form.written(form.hashed(replace(whole, rows=rows))), self.form)

    @cached_property
    def tag(self) -> str:
        return sha256(self.body).hexdigest()

    @cached_property
    def packed(self) -> bytes:
        return gzip.compress(self.body, LEVEL, mtime=0)


def recognised(text: bytes) -> tuple[Form, RankingView]:
    """The newest form that a downloaded ranking has all members of. Refuses (ValueError) a text
    that is no ranking of any form."""
    for number in sorted(FORMS, reverse=True):
        try:
            return FORMS[number], FORMS[number].read(text)
        except msgspec.ValidationError:
            continue
    return FORMS[NEWEST], FORMS[NEWEST].read(text)
