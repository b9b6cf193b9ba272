"""What the bench makes of answers: whether a confidence is true, and how many can be sent."""

import math

import pytest

from app.routing.decision import Query, Thresholds
from bench.reliability import Outcome, bands, largest_part, right_of
from bench.routing import ON, Answer
from tests.aids import shipped

POLICY = Thresholds("test", accept=0.85, margin=0.10)


def outcome(place: str, confidence: float, *, right: bool, sendable: bool = True) -> Outcome:
    return Outcome(place, place, confidence, right, sendable)


HALF = [outcome(str(at), 0.6, right=at % 2 == 0) for at in range(400)]


def test_a_band_is_off_by_what_is_right_less_than_was_told() -> None:
    (band,) = bands(HALF)

    assert (band.low, band.high, band.addresses) == (0.5, 0.7, 400)
    assert band.off == pytest.approx(-0.1)
    assert band.is_off
    assert band.error == pytest.approx(math.sqrt(0.5 * 0.5 / 400))


def test_answers_about_the_same_places_prove_no_more() -> None:
    (band,) = bands(HALF)
    (often,) = bands(HALF * 9)

    assert often.error == pytest.approx(band.error)


def test_the_fewer_places_the_likelier_a_true_confidence_is_off() -> None:
    few, many = (bands(HALF[:number])[0].off_by_chance for number in (100, 400))

    assert few == pytest.approx(0.69, abs=0.01)
    assert many == pytest.approx(0.42, abs=0.01)


def test_few_addresses_do_not_count() -> None:
    assert [bands(HALF[:number])[0].counts for number in (199, 200)] == [False, True]


SURE = [outcome(str(at), 0.9, right=True) for at in range(97)]
WRONG = [outcome(str(at), 0.8 - at / 100, right=False) for at in range(6)]


@pytest.mark.parametrize(("wrong", "part"), [(0, 1.0), (3, 1.0), (6, 100 / 103)])
def test_the_largest_part_ends_where_too_many_are_wrong(wrong: int, part: float) -> None:
    assert largest_part([*WRONG[:wrong], *SURE]) == pytest.approx(part)


def test_nothing_can_be_sent_where_the_surest_are_wrong() -> None:
    assert largest_part(WRONG) == 0.0


def test_what_is_right_of_a_part_is_right_of_its_surest() -> None:
    outcomes = [*WRONG[:3], *SURE]

    assert right_of(outcomes, 0.97) == 1.0
    assert right_of(outcomes, 0.99) == pytest.approx(97 / 99)


def test_what_a_rule_keeps_for_a_person_is_never_sent() -> None:
    kept = [outcome("kept", 0.99, right=True, sendable=False)]

    assert largest_part([*kept, *SURE[:3]]) == pytest.approx(3 / 4)
    assert math.isnan(right_of([*kept, *SURE[:3]], 1.0))


@pytest.mark.parametrize(
    ("text", "sendable"),
    [
        ("朝阳区望京街道", True),
        ("朝阳区望京西园三区", True),
        ("朝阳区望京西园二区", True),  # in doubt
        ("海淀区望京街道", False),  # a contradiction
        ("广州市番禺区", False),
        ("朝阳区", False),
    ],
)
def test_at_most_doubt_speaks_against_what_can_be_sent(text: str, sendable: bool) -> None:
    decision = shipped.router().route(Query(text), POLICY, ON)
    answer = Answer({"address_text": text, "street_code": "110105026"}, decision, 0.0)

    assert Outcome.of(answer).sendable is sendable
