"""Seals and rankings of several forms beside each other: each is read by its own."""

from dataclasses import fields
from types import GenericAlias
from typing import Any

import msgspec
import pytest

from app.rankings import forms, schemas
from app.rankings.forms import FORMS, NEWEST, Form, Row1
from app.seals import offline, service
from tests.aids.given import WANGJING, People
from tests.aids.past import WORKED_EXAMPLE, Store
from tests.aids.sealing import sealed, verified
from tests.conftest import StillClock

STRUCTS: dict[type[Any], type[Any]] = {
    schemas.RankingView: forms.Ranking1,
    schemas.RowView: forms.Row1,
    schemas.RateView: forms.Rate1,
    schemas.IntervalView: forms.Interval1,
    schemas.IntervalsView: forms.Intervals1,
    schemas.WeightsView: forms.Weights1,
}

LEAST = tuple((f.name, f.type) for f in msgspec.structs.fields(Row1) if f.name != "group_rank")


def without_group_rank() -> Form:
    """A form from before rows had `group_rank`."""
    lacks = {"group_rank": property(lambda _: None)}
    row = msgspec.defstruct("Row0", LEAST, namespace=lacks, frozen=True)
    members = [(f.name, f.type) for f in msgspec.structs.fields(forms.Ranking1)][:-1]
    ranking = msgspec.defstruct(
        "Ranking0", [*members, ("rows", GenericAlias(list, row))], frozen=True
    )
    return Form(ranking, FORMS[1].canonical)


def test_the_newest_form_has_what_a_ranking_has() -> None:
    """Else a new seal would leave something out: a new member needs a new form."""
    assert max(FORMS) == NEWEST
    for view, struct in STRUCTS.items():
        assert tuple(member.name for member in fields(view)) == struct.__struct_fields__


def test_rankings_of_two_forms_stay_whole_beside_each_other(
    people: People, store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FORMS, 0, without_group_rank())
    store(WORKED_EXAMPLE)
    analyst = people("analyst")
    live = analyst.get("/rankings/2026-09").json()
    with monkeypatch.context() as before:
        before.setattr(service, "NEWEST", 0)
        sealed(people)
    clock.tick(days=31)
    sealed(people, "2026-10")

    former, newer = (analyst.get(f"/rankings/{month}") for month in ("2026-09", "2026-10"))

    assert [row.keys() ^ live["rows"][0].keys() for row in former.json()["rows"]] == [
        {"group_rank"} for _ in live["rows"]
    ]
    assert newer.json()["rows"][0].keys() == live["rows"][0].keys()
    row = analyst.get(f"/rankings/2026-09/offices/{WANGJING}").json()
    assert row["group_rank"] is None
    assert row["composite"] == next(
        row["composite"] for row in live["rows"] if row["office_code"] == WANGJING
    )
    excerpt = analyst.get("/rankings/2026-09", district_code="110105")
    assert [offline.faults(ranking.content) for ranking in (former, newer, excerpt)] == [[], [], []]
    for month in ("2026-09", "2026-10"):
        proof = verified(people, month)
        assert proof["differences"] == []
        assert proof["content_hash"] == proof["recomputed_hash"]


def test_a_later_format_leaves_former_hashes_alone(
    people: People, store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(service.HASHED, 2, (*service.HASHED[1], "format"))
    store(WORKED_EXAMPLE)
    first = sealed(people)
    monkeypatch.setattr(service, "FORMAT", 2)
    clock.tick(days=31)
    second = sealed(people, "2026-10")

    assert second["former_hash"] == first["seal_hash"]
    assert second.keys() == first.keys()
    assert "format" not in second
    assert verified(people, "2026-09")["same"]
    assert verified(people, "2026-10")["same"]
