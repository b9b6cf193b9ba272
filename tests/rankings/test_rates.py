"""Counts, rates and the composite, in exact fractions."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.callbacks.outcome import KIND, KINDS, OUTCOME, OUTCOMES, Kind, Outcome, code, mask
from app.kit.decimals import two_decimals
from app.period import Period, Periods
from app.policy.documents import Policies, parse
from app.policy.keys import Scoring
from app.rankings.counting import assessments
from app.rankings.counting.assessments import tallies
from app.rankings.counting.merged import Member, count_members
from app.rankings.rates import (
    NOTHING,
    Counts,
    Rate,
    Standing,
    admitted,
    count,
    count_group,
    pooled,
    score,
)
from app.tickets.life.lifecycle import Channel, TicketType

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
POLICY = parse("beijing-2019", DOCUMENT)
HALF = parse("half", DOCUMENT.replace("partly = 0 ", "partly = 0.5 ")).score
RULES, WEIGHTS = POLICY.score, POLICY.score.weights
PERIOD = Periods(Policies((POLICY,))).named("2026-10")

GOOD = Outcome(
    Reach.REACHED, Contacted.YES, Resolved.RESOLVED, Satisfied.SATISFIED, contact_ok=True
)
UNREACHED = Outcome(Reach.UNREACHED, contact_ok=True)
HELP = Kind(TicketType.HELP, Channel.PHONE)
ANONYMOUS = replace(HELP, anonymous=True)


def counted(*outcomes: Outcome) -> Counts:
    return pooled(count(outcome, RULES) for outcome in outcomes)


def answered(resolved: Resolved, satisfied: Satisfied) -> Outcome:
    return replace(GOOD, resolved=resolved, satisfied=satisfied)


def test_the_worked_example_of_d_13_3() -> None:
    outcomes = [
        answered(Resolved.RESOLVED, Satisfied.VERY),
        *[answered(Resolved.RESOLVED, Satisfied.SATISFIED)] * 4,
        answered(Resolved.RESOLVED, Satisfied.BASIC),
        answered(Resolved.PARTLY, Satisfied.BASIC),
        answered(Resolved.UNRESOLVED, Satisfied.DISSATISFIED),
        UNREACHED,
        replace(UNREACHED, reach=Reach.REFUSED),
    ]

    scored = score(counted(*outcomes), WEIGHTS, 1)

    assert scored.response == Rate(Fraction(10), 10)
    assert scored.resolution == Rate(Fraction(6), 8)
    assert scored.satisfaction == Rate(Fraction(7), 8)
    assert scored.composite == Fraction(695, 8)
    assert two_decimals(scored.composite) == Decimal("86.88")


@pytest.mark.parametrize(
    ("contact_ok", "reach", "contacted", "responds"),
    [
        (True, Reach.REACHED, Contacted.YES, 1),
        (True, Reach.REACHED, Contacted.UNSURE, 1),
        (True, Reach.REACHED, Contacted.NO, 0),
        (True, Reach.UNREACHED, None, 1),
        (False, Reach.REACHED, Contacted.YES, 0),
        (False, Reach.REACHED, Contacted.UNSURE, 0),
        (False, Reach.WRONG_NUMBER, None, 0),
    ],
)
def test_response_is_the_record_unless_the_citizen_denies_it(
    contact_ok: bool, reach: Reach, contacted: Contacted | None, responds: int
) -> None:
    outcome = Outcome(reach, contacted, contact_ok=contact_ok)

    assert count(outcome, RULES).responded == responds


@pytest.mark.parametrize(
    ("resolved", "counts", "value"),
    [
        (Resolved.RESOLVED, 1, 1),
        (Resolved.PARTLY, 1, 0),
        (Resolved.UNRESOLVED, 1, 0),
        (Resolved.NO_ANSWER, 0, 0),
    ],
)
def test_what_an_answer_about_resolution_counts(
    resolved: Resolved, counts: int, value: int
) -> None:
    sums = count(answered(resolved, Satisfied.VERY), RULES)

    assert (sums.resolution_answers, sums.resolved) == (counts, Fraction(value))


@pytest.mark.parametrize(
    ("satisfied", "counts", "value"),
    [
        (Satisfied.VERY, 1, 1),
        (Satisfied.SATISFIED, 1, 1),
        (Satisfied.BASIC, 1, 1),
        (Satisfied.DISSATISFIED, 1, 0),
        (Satisfied.VERY_DISSATISFIED, 1, 0),
        (Satisfied.NO_ANSWER, 0, 0),
    ],
)
def test_what_an_answer_about_satisfaction_counts(
    satisfied: Satisfied, counts: int, value: int
) -> None:
    sums = count(answered(Resolved.RESOLVED, satisfied), RULES)

    assert (sums.satisfaction_answers, sums.satisfied) == (counts, Fraction(value))


def test_a_policy_may_give_half_a_point_for_a_partly_resolved_ticket() -> None:
    assert count(answered(Resolved.PARTLY, Satisfied.VERY), HALF).resolved == Fraction(1, 2)


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (HELP, True),
        (replace(HELP, type=TicketType.SUGGEST), True),
        (replace(HELP, type=TicketType.PRAISE), False),
        (replace(HELP, type=TicketType.CONSULT), False),
        *((replace(HELP, channel=c), True) for c in (Channel.WECHAT, Channel.APP, Channel.WEB)),
        (replace(HELP, channel=Channel.WEIBO), True),
        (replace(HELP, channel=Channel.SUPERIOR), True),
        (replace(HELP, channel=Channel.PATROL), False),
        (ANONYMOUS, False),
    ],
)
def test_what_is_assessed_at_all(kind: Kind, counts: bool) -> None:
    assert admitted(kind, POLICY.assess) is counts


def test_no_sample_is_neither_0_nor_100() -> None:
    scored = score(NOTHING, WEIGHTS, 1)

    assert scored.standing is Standing.NO_SAMPLE
    assert scored.response.percent is None
    assert scored.composite is None


@pytest.mark.parametrize(
    "outcomes",
    [
        [UNREACHED],
        [answered(Resolved.NO_ANSWER, Satisfied.VERY)],
        [answered(Resolved.RESOLVED, Satisfied.NO_ANSWER)],
    ],
    ids=["nobody reached", "nobody said whether resolved", "nobody said whether satisfied"],
)
def test_a_missing_rate_is_null_and_no_composite_follows(outcomes: list[Outcome]) -> None:
    scored = score(counted(*outcomes), WEIGHTS, 1)

    assert scored.standing is Standing.INSUFFICIENT
    assert scored.composite is None
    assert scored.response.percent == 100


def test_a_policy_may_ask_for_more_reached() -> None:
    assert score(counted(GOOD, GOOD), WEIGHTS, 2).standing is Standing.RANKED
    assert score(counted(GOOD, UNREACHED), WEIGHTS, 2).standing is Standing.INSUFFICIENT


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(695, 8), "86.88"),
        (Fraction(200, 3), "66.67"),
        (Fraction(1, 200), "0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(100), "100.00"),
        (Fraction(99995, 1000), "100.00"),
        (Fraction(0), "0.00"),
    ],
)
def test_two_decimals_are_rounded_half_up(value: Fraction, shown: str) -> None:
    assert f"{two_decimals(value)}" == shown


def member(
    number: str,
    outcome: Outcome = GOOD,
    owner: str = "110105026",
    assessed_at: datetime = PERIOD.starts_at,
    kind: Kind = HELP,
) -> Member:
    return Member(owner, "G1", number, assessed_at, assessed_at, kind, outcome)


def counts_of(*members: Member, period: Period = PERIOD) -> dict[str, Counts]:
    return count_members(members, period)


def test_merged_tickets_are_one_unit_with_the_mean_of_their_answers() -> None:
    unresolved = answered(Resolved.UNRESOLVED, Satisfied.DISSATISFIED)

    sums = counts_of(member("1"), member("2"), member("3", unresolved), member("4", UNREACHED))

    assert sums == {
        "110105026": Counts(
            assessed=1,
            reached=1,
            responded=1,
            resolution_answers=1,
            resolved=Fraction(2, 3),
            satisfaction_answers=1,
            satisfied=Fraction(2, 3),
        )
    }


def test_a_group_responded_if_every_member_with_a_phone_was_contacted() -> None:
    missed = replace(GOOD, contact_ok=False)

    assert count_group([(HELP, GOOD), (HELP, missed)], RULES).responded == 0
    assert count_group([(HELP, GOOD), (ANONYMOUS, missed)], RULES).responded == 1


def test_a_group_nobody_of_which_was_reached_is_unreached() -> None:
    sums = count_group([(HELP, UNREACHED), (HELP, UNREACHED)], RULES)

    assert (sums.assessed, sums.resolution_answers, sums.satisfaction_answers) == (1, 0, 0)


def test_a_group_belongs_to_the_office_and_period_of_the_member_assessed_last() -> None:
    last = PERIOD.ends_at - timedelta(microseconds=1)
    other = member("2", owner="110105027", assessed_at=last)

    assert list(counts_of(member("1"), other)) == ["110105027"]
    assert counts_of(member("1"), replace(other, assessed_at=PERIOD.ends_at)) == {}


def test_of_members_assessed_at_the_same_instant_the_highest_number_decides() -> None:
    second = member("BJ202610010000002", owner="110105027")

    assert list(counts_of(second, member("BJ202610010000001"))) == ["110105027"]


def test_who_is_excluded_or_not_admitted_leaves_the_group() -> None:
    excluded = replace(member("2", UNREACHED, assessed_at=PERIOD.ends_at), excluded=True)
    praise = member("3", UNREACHED, kind=replace(HELP, type=TicketType.PRAISE))

    sums = counts_of(member("1"), excluded, praise)["110105026"]

    assert sums == replace(count(GOOD, RULES), not_assessed=1)


def test_a_policy_may_count_every_member() -> None:
    every = Policies((parse("each", DOCUMENT.replace('count = "group_once"', 'count = "each"')),))

    sums = counts_of(member("1"), member("2"), period=Periods(every).named("2026-10"))

    assert sums["110105026"].assessed == 2


OUTCOME_LISTS = st.lists(st.sampled_from(OUTCOMES), max_size=30)


def raised(outcome: Outcome) -> list[Outcome]:
    """The same outcome with one answer better, in every way there is."""
    better = []
    if outcome.contacted is Contacted.NO:
        better.append(replace(outcome, contacted=Contacted.YES))
    if outcome.resolved in (Resolved.PARTLY, Resolved.UNRESOLVED):
        better.append(replace(outcome, resolved=Resolved.RESOLVED))
    if outcome.satisfied in (Satisfied.DISSATISFIED, Satisfied.VERY_DISSATISFIED):
        better.append(replace(outcome, satisfied=Satisfied.BASIC))
    return better


RAISABLE = [outcome for outcome in OUTCOMES if raised(outcome)]


@given(OUTCOME_LISTS)
def test_numerators_lie_within_denominators_and_rates_within_100(outcomes: list[Outcome]) -> None:
    scored = score(counted(*outcomes), WEIGHTS, 1)

    for rate in (scored.response, scored.resolution, scored.satisfaction):
        assert 0 <= rate.numerator <= rate.denominator <= scored.counts.assessed == len(outcomes)
        assert rate.percent is None or 0 <= rate.percent <= 100
    assert scored.composite is None or 0 <= scored.composite <= 100


@given(OUTCOME_LISTS, st.sampled_from(RAISABLE), st.data())
def test_raising_an_answer_never_lowers_the_composite(
    others: list[Outcome], outcome: Outcome, data: st.DataObject
) -> None:
    better = data.draw(st.sampled_from(raised(outcome)))

    before, after = (score(counted(*others, answer), WEIGHTS, 1) for answer in (outcome, better))

    assert before.standing is after.standing
    assert (after.composite or 0) >= (before.composite or 0)


@given(OUTCOME_LISTS, st.randoms(use_true_random=False))
def test_the_order_of_tickets_does_not_matter(outcomes: list[Outcome], chance: Random) -> None:
    assert counted(*chance.sample(outcomes, len(outcomes))) == counted(*outcomes)


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(OUTCOMES)), max_size=12))
def test_who_is_left_out_changes_no_rate(members: list[tuple[Kind, Outcome]]) -> None:
    every = [
        replace(member(str(place), outcome, kind=kind), group=str(place))
        for place, (kind, outcome) in enumerate(members)
    ]
    kept = [fact for fact in every if admitted(fact.kind, POLICY.assess)]

    with_all = counts_of(*every).get("110105026", NOTHING)
    with_kept = counts_of(*kept).get("110105026", NOTHING)

    assert replace(with_all, not_assessed=0) == with_kept
    assert with_all.not_assessed == len(every) - len(kept)


@given(OUTCOME_LISTS, st.sampled_from([RULES, HALF]))
def test_counting_by_masks_equals_counting_one_by_one(
    outcomes: list[Outcome], rules: Scoring
) -> None:
    masks = tallies(rules)
    codes = [code(OUTCOME, outcome) for outcome in outcomes]
    numbers = [sum(tally.bits[c // 8] >> c % 8 & 1 for c in codes) for tally in masks]
    everyone = len(outcomes)

    counted_alone = pooled(count(outcome, rules) for outcome in outcomes)
    assert assessments.counts_of(masks, [everyone, everyone, *numbers]) == counted_alone


def test_every_kind_has_a_number_of_its_own_and_no_outcome_that_counts_otherwise_another_s() -> (
    None
):
    thirds = parse("thirds", DOCUMENT.replace("partly = 0 ", 'partly = "1/3" ')).score
    fifths = thirds.model_copy(update={"basic": Fraction(1, 5)})

    assert len({code(KIND, kind) for kind in KINDS}) == len(KINDS)
    assert len({code(OUTCOME, outcome) for outcome in OUTCOMES}) == len(
        {(code(OUTCOME, outcome), count(outcome, fifths)) for outcome in OUTCOMES}
    )
    assert mask(KIND, [code(KIND, kind) for kind in KINDS]).count(0xFF) > 0
