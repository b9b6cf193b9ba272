"""Terms of evaluations: quarters, months, years, and a policy that changes among them."""

from datetime import UTC, datetime, timedelta

import pytest

from app.evaluations import terms
from app.evaluations.terms import MalformedTerm
from app.period import NoSuchPeriod, Periods
from app.policy.documents import Policies
from tests.policies import text

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def periods(*kinds: tuple[str, str]) -> Periods:
    """Under a document for each kind, from its day."""
    texts = {
        f"p{n}": text(
            ("effective_from = 2019-01-01", f"effective_from = {day}"),
            ('submit = "3wd"', f'submit = "3wd"\nperiod = "{kind}"'),
        )
        for n, (kind, day) in enumerate(kinds)
    }
    return Periods(Policies.read(texts))


QUARTERS = periods(("quarter", "2019-01-01"))


def test_a_quarter_is_made_of_three_assessment_periods() -> None:
    term = terms.term("2026-Q4", QUARTERS, NOW)

    assert term.starts_at == datetime.fromisoformat("2026-09-19T00:00:00+08:00")
    assert term.ends_at == datetime.fromisoformat("2026-12-19T00:00:00+08:00")
    assert term.deadline_at == datetime.fromisoformat("2026-12-29T00:00:00+08:00")
    assert not term.over(term.deadline_at)
    assert term.over(term.deadline_at + TICK)


@pytest.mark.parametrize(
    ("kinds", "names"),
    [
        ([("quarter", "2019-01-01")], ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]),
        ([("month", "2019-01-01")], [f"2026-{month:02}" for month in range(1, 13)]),
        ([("year", "2019-01-01")], ["2026"]),
        (
            [("month", "2019-01-01"), ("quarter", "2026-02-01")],
            ["2026-01", "2026-02", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"],
        ),
        (
            [("quarter", "2019-01-01"), ("month", "2026-02-01")],
            ["2026-Q1", *(f"2026-{month:02}" for month in range(4, 13))],
        ),
    ],
)
def test_the_terms_of_a_year_have_no_gap_and_no_overlap(
    kinds: list[tuple[str, str]], names: list[str]
) -> None:
    made = list(terms.of_year("2026", periods(*kinds)))

    assert [term.name for term in made] == names
    assert [t.ends_at for t in made[:-1]] == [t.starts_at for t in made[1:]]
    assert made[0].starts_at == datetime.fromisoformat("2025-12-19T00:00:00+08:00")
    assert made[-1].ends_at == datetime.fromisoformat("2026-12-19T00:00:00+08:00")


def test_a_year_has_the_terms_that_have_begun() -> None:
    span = terms.named("2026", QUARTERS, datetime(2026, 7, 1, tzinfo=UTC))

    assert [term.name for term in span.terms] == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert not span.is_term
    assert terms.named("2026-Q3", QUARTERS, NOW).is_term


@pytest.mark.parametrize("name", ["2026-10", "2027-Q1", "2027", "1800-Q1"])
def test_what_has_not_begun_or_has_another_length_is_no_term(name: str) -> None:
    with pytest.raises(NoSuchPeriod):
        terms.named(name, QUARTERS, NOW)


@pytest.mark.parametrize("name", ["2026-Q5", "2026-13", "26-Q1", "2026-q4", "2026-Q4 ", ""])
def test_a_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(MalformedTerm):
        terms.named(name, QUARTERS, NOW)


def test_a_year_of_several_terms_has_no_form() -> None:
    with pytest.raises(NoSuchPeriod, match="2026-Q1"):
        terms.term("2026", QUARTERS, NOW)


def test_an_instant_lies_in_one_term() -> None:
    term = terms.term("2026-Q4", QUARTERS, NOW)

    assert terms.at(term.starts_at, QUARTERS).name == "2026-Q4"
    assert terms.at(term.starts_at - TICK, QUARTERS).name == "2026-Q3"
    assert terms.at(term.ends_at, QUARTERS).name == "2027-Q1"
