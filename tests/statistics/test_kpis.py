"""Secondary KPIs from counts, the sample of callbacks, and the days of an appeal."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.callbacks import appeals, conduct
from app.callbacks.answers import Answers, Reach, Resolved, Satisfied
from app.offices.catalogue import Urgency
from app.period import Periods
from app.policy import documents
from app.policy.documents import Policies, Policy
from app.preparation import POLICIES
from app.rankings.rates import Counts
from app.statistics.kpis import KPIS, NO_WORK, Figures, mean, waited_minutes
from app.tickets.life import limits
from app.tickets.life.lifecycle import Action, Status
from app.tickets.life.sampling import in_sample
from app.tickets.life.timers import Timers

BEIJING = documents.parse("beijing-2019", Path(POLICIES, "beijing-2019.toml").read_text())
NOW = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)

WORK = Figures(
    counts=Counts(assessed=8, reached=6, late=2, excluded=2),
    dispatched=20,
    to_acknowledge=16,
    acknowledged=12,
    objections=5,
    ruled=4,
    upheld=3,
    rejected=1,
    due=10,
    on_time=7,
    called=9,
    reworked=3,
    closed=6,
    closed_at_once=5,
    received=25,
    repeated=1,
    sent=24,
    sent_by_itself=18,
    waited=24 * 60_000_000 * 4,
    open=12,
    on_hold=3,
)


@pytest.mark.parametrize(
    ("kpi", "percent"),
    [
        ("acknowledge_rate", 75),
        ("on_time_rate", 70),
        ("first_time_rate", Fraction(500, 6)),
        ("objection_rate", 25),
        ("objection_uphold_rate", 75),
        ("objection_reject_rate", 25),
        ("dispatch_accuracy", 85),
        ("reach_rate", 75),
        ("overdue_rate", 25),
        ("rework_rate", Fraction(100, 3)),
        ("hold_rate", 25),
        ("exclusion_rate", 20),
        ("repeat_rate", 4),
        ("automatic_share", 75),
    ],
)
def test_each_kpi_is_an_exact_share(kpi: str, percent: Fraction | int) -> None:
    assert KPIS[kpi](WORK).percent == percent


def test_the_wait_for_a_dispatch_is_a_mean_in_minutes() -> None:
    assert mean(waited_minutes(WORK)) == 4
    assert mean(waited_minutes(NO_WORK)) is None


def test_nothing_done_is_neither_nought_nor_a_hundred() -> None:
    assert {formula(NO_WORK).percent for formula in KPIS.values()} == {None}


numbers = st.integers(0, 1000)
figures = st.builds(
    Figures, **{field.name: numbers for field in fields(Figures) if field.name != "counts"}
)


@given(st.lists(figures, max_size=5))
def test_figures_pool_by_sums(parts: list[Figures]) -> None:
    total = sum(parts, NO_WORK)
    for kpi in ("on_time_rate", "objection_rate", "automatic_share"):
        rates = [KPIS[kpi](part) for part in parts]
        assert KPIS[kpi](total).numerator == sum(rate.numerator for rate in rates)
        assert KPIS[kpi](total).denominator == sum(rate.denominator for rate in rates)


def sampling(share: Fraction, name: str = "beijing-2019") -> Policy:
    callback = BEIJING.callback.model_copy(update={"sample": share})
    return BEIJING.model_copy(update={"name": name, "callback": callback})


NUMBERS = [f"BJ20261020{n:07}" for n in range(4000)]


def test_everyone_is_in_a_whole_sample() -> None:
    assert all(in_sample(sampling(Fraction(1)), number) for number in NUMBERS)


def test_a_sample_has_about_its_share_and_stays_the_same() -> None:
    third = sampling(Fraction(1, 3))
    drawn = [number for number in NUMBERS if in_sample(third, number)]

    assert 1200 < len(drawn) < 1470
    assert drawn == [number for number in NUMBERS if in_sample(third, number)]


def test_a_larger_sample_holds_the_smaller_and_another_policy_draws_anew() -> None:
    small, large = sampling(Fraction(1, 4)), sampling(Fraction(1, 2))
    drawn = {number for number in NUMBERS if in_sample(small, number)}

    assert drawn <= {number for number in NUMBERS if in_sample(large, number)}
    assert drawn != {n for n in NUMBERS if in_sample(sampling(Fraction(1, 4), "beijing-2027"), n)}


def awaiting(number: str, forced: bool = False) -> Timers:
    return Timers(Status.AWAITING_CALLBACK, Urgency.L3, NOW, forced=forced, number=number)


def test_who_is_not_in_the_sample_is_closed_and_not_called() -> None:
    tenth = sampling(Fraction(1, 10))
    out = next(number for number in NUMBERS if not in_sample(tenth, number))
    fall = limits.next_fall(tenth, awaiting(out))

    assert fall is not None
    assert (fall.at, fall.action) == (NOW, Action.SKIP_CALLBACK)
    assert limits.callback_due(tenth, awaiting(out)) is None


def test_who_never_replied_is_called_in_the_sample_or_not() -> None:
    tenth = sampling(Fraction(1, 10))
    out = next(number for number in NUMBERS if not in_sample(tenth, number))

    assert limits.callback_due(tenth, awaiting(out, forced=True)) is not None
    assert limits.next_fall(tenth, awaiting(out, forced=True)) is None


def test_the_days_of_an_appeal_are_exact() -> None:
    period = Periods(Policies((BEIJING,))).of(NOW)

    assert appeals.asked_until(BEIJING, NOW) == NOW + 3 * DAY
    assert appeals.reviewed_until(BEIJING, NOW) == NOW + 2 * DAY
    assert appeals.disputed_until(BEIJING, NOW) == NOW + 3 * DAY
    assert appeals.decided_until(period) == datetime(2026, 11, 23, 16, tzinfo=UTC)


@pytest.mark.parametrize("satisfied", Satisfied)
@pytest.mark.parametrize("resolved", Resolved)
def test_only_resolved_and_satisfied_is_content(resolved: Resolved, satisfied: Satisfied) -> None:
    answers = Answers(Reach.REACHED, None, resolved, satisfied)

    pleased = satisfied in (Satisfied.VERY, Satisfied.SATISFIED, Satisfied.BASIC)
    assert conduct.content(answers) == (resolved is Resolved.RESOLVED and pleased)
    assert not conduct.content(replace(answers, resolved=None))
