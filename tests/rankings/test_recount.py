"""Random months against the recount that was written from the RULEBOOK alone."""

from fractions import Fraction
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.outcome import Kind, Outcome
from app.period import Period, Periods
from app.policy.documents import Policies, parse
from app.rankings.counting.merged import Member, count_members
from app.rankings.ranks import places
from app.rankings.rates import Score, score
from app.tickets.life.lifecycle import Channel, TicketType
from tests.aids import recount
from tests.aids.cases import answers as answers_of
from tests.aids.cases import random_cases
from tests.aids.past import BORDER, STREETS
from tests.aids.recount import Case

POLICY = parse("beijing-2019", Path("app/data/policy/beijing-2019.toml").read_text())
PERIODS = Periods(Policies((POLICY,)))
MONTHS = st.tuples(
    st.integers(0, 2**32), st.integers(0, 40), st.sampled_from(["2026-09", "2026-10"])
)
RAISED = {
    "resolved": {"unresolved": "resolved", "partly": "resolved"},
    "satisfied": {"dissatisfied": "satisfied", "very_dissatisfied": "very"},
    "contacted": {"no": "yes"},
}


def member(case: Case, number: str) -> Member:
    """A case as the service would have it; who is alone is a group of one."""
    callback = answers_of(case)
    answers = (callback.get("contacted"), callback.get("resolved"), callback.get("satisfied"))
    contacted, resolved, satisfied = answers
    return Member(
        owner=case["office_code"],
        group=case.get("merge_group") or number,
        number=number,
        assessed_at=recount.called_back_at(case),
        recorded_at=recount.called_back_at(case),
        kind=Kind(
            TicketType(case["type"]), Channel(case["channel"]), callback["reach"] == "anonymous"
        ),
        outcome=Outcome(
            Reach(callback["reach"]),
            Contacted(contacted) if contacted else None,
            Resolved(resolved) if resolved else None,
            Satisfied(satisfied) if satisfied else None,
            recount.contact_ok(case),
            recount.is_late(case),
        ),
        excluded=bool(case.get("excluded")),
    )


def members(cases: list[Case]) -> list[Member]:
    return [member(case, f"BJ{n:05}") for n, case in enumerate(cases)]


def ranked(everyone: list[Member], period: Period) -> tuple[dict[str, Score], dict[str, int]]:
    counted = count_members(everyone, period)
    scores = {code: score(counts, POLICY.score.weights, 1) for code, counts in counted.items()}
    return scores, places(scores, POLICY.rank)


@settings(max_examples=1000, deadline=None)
@given(MONTHS)
def test_a_random_month_is_what_the_recount_says(month: tuple[int, int, str]) -> None:
    seed, number, name = month
    cases: list[Case] = list(random_cases(Random(seed), number, STREETS, BORDER))

    scores, ranks = ranked(members(cases), PERIODS.named(name))

    expected = recount.recount(cases, name)
    assert scores.keys() == expected.keys()
    for office, row in expected.items():
        scored = scores[office]
        assert scored.counts.assessed == row.assessed
        assert scored.response.numerator == row.response
        assert (scored.resolution.numerator, scored.resolution.denominator) == (
            row.resolution,
            row.resolution_of,
        )
        assert (scored.satisfaction.numerator, scored.satisfaction.denominator) == (
            row.satisfaction,
            row.satisfaction_of,
        )
        assert (scored.composite, ranks.get(office)) == (row.composite, row.rank)


@settings(max_examples=300, deadline=None)
@given(MONTHS, st.randoms(use_true_random=False))
def test_the_order_of_the_record_does_not_matter(
    month: tuple[int, int, str], chance: Random
) -> None:
    seed, number, name = month
    everyone = members(list(random_cases(Random(seed), number, STREETS, BORDER)))

    shuffled = chance.sample(everyone, len(everyone))

    assert ranked(everyone, PERIODS.named(name)) == ranked(shuffled, PERIODS.named(name))


@settings(max_examples=300, deadline=None)
@given(MONTHS, st.sampled_from(sorted(RAISED)))
def test_a_better_answer_never_lowers_an_office(month: tuple[int, int, str], answer: str) -> None:
    seed, number, name = month
    cases = random_cases(Random(seed), number, STREETS, BORDER)
    worse = next((c for c in cases if answers_of(c).get(answer) in RAISED[answer]), None)
    before, places_before = ranked(members(list(cases)), PERIODS.named(name))
    if worse is None:
        return
    result = worse.get("callback") or worse["verification"]
    result[answer] = RAISED[answer][result[answer]]

    after, places_after = ranked(members(list(cases)), PERIODS.named(name))

    office = worse["office_code"]
    if office in before and not worse.get("merge_group"):
        assert (after[office].composite or 0) >= (before[office].composite or Fraction(0))
        assert places_after.get(office, 99) <= places_before.get(office, 99)
