"""Thousands of random terms: the product's performance beside a recount from D.15 alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.evaluations import terms
from app.evaluations.compute import Behind, performances
from app.evaluations.events import Entries, Entry
from app.evaluations.marks import Opinion, Word
from app.evaluations.performance import places
from app.evaluations.roster import Offices, line_of
from app.evaluations.terms import Term
from app.offices.directory import OfficeEntry, OfficeKind
from app.whistles.evaluation import score
from app.whistles.evaluation.score import Attendance, Chief, Record
from tests.evaluations import recount
from tests.evaluations.recount import Call, Exact, Saying, Season, Whistle
from tests.evaluations.test_terms import QUARTERS

TERMS = 2_000
CALLED = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
STREETS = [f"street-{n}" for n in range(6)]
DEPARTMENTS: Offices = {
    code: OfficeEntry(code, code, OfficeKind.DISTRICT_DEPT, line=code[0])
    for code in ("m-1", "m-2", "m-3", "w-1", "w-2")
}
TERM: Term = terms.term("2026-Q4", QUARTERS, CALLED)
OVER = TERM.decide_until


def points(random: Random, most: int) -> Fraction:
    return Fraction(random.randrange(most * 4 + 1), 4)


def call(random: Random) -> Call:
    limit, planned = random.choice((30, 1440)), random.random() < 0.5
    arrived = random.choice((None, 1, limit, limit + 1, 2 * limit, 2 * limit + 1))
    came = arrived is not None
    left_early = came and random.random() < 0.2
    marked = random.random() < 0.7
    return Call(
        limit=limit,
        arrived=arrived,
        left_early=left_early,
        left_at=(arrived or 0) + 60 if left_early and random.random() < 0.7 else None,
        fed_back=(arrived or 0) + random.choice((30, 60, 61, 9000)) if came else None,
        plan=random.choice((1500, 10080)) if planned else None,
        effect=points(random, 15) if marked else None,
        attitude=points(random, 15) if marked else None,
        set_aside=random.random() < 0.1,
        withdrawn=random.random() < 0.1,
    )


def whistle(random: Random) -> Whistle:
    called = random.sample(sorted(DEPARTMENTS), random.randrange(1, 4))
    return Whistle(
        street=random.choice(STREETS),
        false=random.random() < 0.15,
        returned=random.choice((0, 0, 0, 1, 2)),
        calls={code: call(random) for code in called},
    )


def saying(random: Random) -> Saying:
    word: Fraction | str = random.choice(("confirm", "none", points(random, 100)))
    return Saying(word, random.random() < 0.15)


def season(random: Random) -> Season:
    pairs = [(street, code) for street in STREETS for code in DEPARTMENTS]
    spoken = random.sample(pairs, random.randrange(len(pairs) + 1))
    return Season(
        whistles=[whistle(random) for _ in range(random.randrange(8))],
        sayings={pair: saying(random) for pair in spoken},
        others={c: points(random, 100) for c in DEPARTMENTS if random.random() < 0.8},
        lines={code: line_of(office) for code, office in DEPARTMENTS.items()},
    )


def record(number: str, whistle: Whistle, code: str, call: Call) -> Record:
    """As the product makes it of a summons."""

    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else CALLED + timedelta(minutes=minutes)

    lived = Attendance(
        urgent=call.plan is None,
        called_at=CALLED,
        arrive_due_at=CALLED + timedelta(minutes=call.limit),
        arrived_at=at(call.arrived),
        left_at=at(call.left_at),
        left_early=call.left_early,
        fed_back_at=at(call.fed_back),
        finish_at=at(call.plan),
        returned=whistle.returned,
    )
    chief = None
    if call.effect is not None and call.attitude is not None:
        chief = Chief(call.effect, call.attitude, call.set_aside)
    rules = TERM.policy.evaluation
    marks = score.Marks(chief, score.mark_until(CALLED, rules))
    return score.record((number, whistle.street, code, CALLED), lived, marks, rules, OVER)


def opinion(saying: Saying) -> Opinion:
    if isinstance(saying.word, Fraction):
        known = Opinion(Word.ITEMS, {"response": saying.word})
    else:
        known = Opinion(Word.CONFIRM if saying.word == "confirm" else Word.NO_DEALINGS)
    return replace(known, set_aside=saying.set_aside)


def behind(season: Season) -> Behind:
    records: dict[tuple[str, str], list[Record]] = {}
    for n, each in enumerate(season.whistles):
        for code, call in each.calls.items():
            if not (each.false or call.withdrawn):
                made = record(f"SH{n}", each, code, call)
                records.setdefault((each.street, code), []).append(made)
    marks = {pair: Entry(opinion(s), 1, CALLED, "chief") for pair, s in season.sayings.items()}
    return Behind(TERM, OVER, Entries(marks=marks, others=dict(season.others)), records)


def counted(season: Season) -> tuple[Mapping[str, tuple[Exact, Exact]], Mapping[str, int]]:
    known = performances(behind(season), DEPARTMENTS)
    shown = {code: (each.evaluation, each.value) for code, each in known.items()}
    return shown, places(known, season.lines)


def test_the_product_and_the_recount_agree() -> None:
    random = Random(15)
    ranked = 0
    for _ in range(TERMS):
        given = season(random)
        shown, ranks = counted(given)
        assert shown == recount.performances(given), given
        assert ranks == recount.ranks(given), given
        ranked += len(ranks)
    assert ranked > TERMS / 2


def test_a_false_whistle_changes_nothing() -> None:
    random = Random(16)
    for _ in range(150):
        given = season(random)
        with_false = replace(
            given, whistles=[*given.whistles, replace(whistle(random), false=True)]
        )
        assert counted(given) == counted(with_false)


def test_a_busy_street_weighs_like_any_other() -> None:
    random = Random(17)
    for _ in range(150):
        given = season(random)
        busy = replace(given, whistles=[w for w in given.whistles for _ in range(5)])
        assert counted(given) == counted(busy)


class Course(RuleBasedStateMachine):
    """A term that is lived step by step: whistles are blown, settled or found false, streets speak,
    appeals are approved. Of the issue's promises these hold at each step: a false whistle leaves no
    trace, a busy street weighs like any other, no evaluation means no performance."""

    @initialize(seed=st.integers(0, 1_000))
    def begin(self, seed: int) -> None:
        self.random = Random(seed)
        others = {code: points(self.random, 100) for code in sorted(DEPARTMENTS)[1:]}
        lines = {code: line_of(office) for code, office in DEPARTMENTS.items()}
        self.season = Season(others=others, lines=lines)

    @rule()
    def a_whistle_is_settled(self) -> None:
        self.season.whistles.append(replace(whistle(self.random), false=False))

    @rule()
    def a_whistle_is_found_false(self) -> None:
        before = counted(self.season)
        self.season.whistles.append(replace(whistle(self.random), false=True))
        assert counted(self.season) == before

    @rule(street=st.sampled_from(STREETS), code=st.sampled_from(sorted(DEPARTMENTS)))
    def a_street_speaks(self, street: str, code: str) -> None:
        self.season.sayings[street, code] = saying(self.random)

    @rule(times=st.integers(2, 9), street=st.sampled_from(STREETS))
    def a_street_is_busy(self, times: int, street: str) -> None:
        """It lives the same again and again, and weighs what it weighed."""
        before = counted(self.season)
        own = [each for each in self.season.whistles if each.street == street]
        busy = replace(self.season, whistles=[*self.season.whistles, *own * times])
        assert counted(busy) == before

    @invariant()
    def no_evaluation_means_no_performance(self) -> None:
        if not hasattr(self, "season"):
            return
        marks = recount.evaluations(self.season)
        shown, ranks = counted(self.season)
        for code, (evaluation, value) in shown.items():
            assert (evaluation is None) is (marks[code] == [])
            assert len(marks[code]) >= 3 or (value is None and code not in ranks)


def test_what_is_promised_holds_in_every_term() -> None:
    run_state_machine_as_test(
        Course,
        settings=settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True),
    )
