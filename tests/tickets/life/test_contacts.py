"""RULEBOOK D.6.4: reached in time, or tried often enough, far enough apart, in time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.offices.catalogue import Urgency
from app.policy.documents import parse
from app.tickets.life.contacts import Contact, contact_ok, counted, tried

POLICY = parse("beijing-2019", Path("app/data/policy/beijing-2019.toml").read_text())
GIVEN_AT = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)
DUE = GIVEN_AT + timedelta(hours=24)
TICK = 1e-6 / 60

CASES = [
    # what was done, at which minutes (`+` reached the citizen), and whether it counts
    ("nothing was done", "L3", "", False),
    ("reached at once", "L3", "0+", True),
    ("reached at the last microsecond", "L3", "1440+", True),
    ("reached a microsecond late", "L3", f"{1440 + TICK}+", False),
    ("reached at the third try", "L3", "0 1 2+", True),
    ("tried once", "L3", "0", False),
    ("tried twice", "L3", "0 60", False),
    ("tried three times an hour apart", "L3", "0 60 120", True),
    ("the second too soon", "L3", "0 59 120", False),
    ("too soon by a microsecond", "L3", f"0 {60 - TICK} 120", False),
    ("one too soon, and another in time", "L3", "0 59 60 120", True),
    ("many at once", "L3", "0 1 2 3 4 5 6 7 8 9", False),
    ("the third at the last microsecond", "L3", "0 60 1440", True),
    ("the third late", "L3", f"0 60 {1440 + TICK}", False),
    ("told in no order", "L3", "120 0 60", True),
    ("five minutes suffice where life is in danger", "L1", "0 5 10", True),
    ("not four", "L1", "0 4 8", False),
    ("half an hour where it is urgent", "L2", "0 30 60", True),
    ("not twenty-nine minutes", "L2", "0 29 60", False),
    ("an hour where it is hard", "L4", "0 60 120", True),
]


def contacts(minutes: str) -> list[Contact]:
    return [
        Contact(
            GIVEN_AT + timedelta(microseconds=round(float(minute.strip("+")) * 6e7)), "+" in minute
        )
        for minute in minutes.split()
    ]


@pytest.mark.parametrize(
    ("urgency", "minutes", "counts"), [row[1:] for row in CASES], ids=[row[0] for row in CASES]
)
def test_an_office_responded(urgency: str, minutes: str, counts: bool) -> None:
    assert contact_ok(POLICY, Urgency(urgency), DUE, contacts(minutes)) is counts


COUNTED = [
    # at which minutes an L3's citizen was called in vain, and which of them count
    ("", ""),
    ("0", "0"),
    ("0 0 0", "0"),
    ("0 30 59", "0"),
    ("0 60 61 119 120", "0 60 120"),
    ("0 59 118 177", "0 118"),
]


@pytest.mark.parametrize(("minutes", "counting"), COUNTED)
def test_attempts_closer_than_the_gap_are_one(minutes: str, counting: str) -> None:
    """One rule for what they allow (T14, T15) and for the rate (D.6.4)."""
    made = contacts(minutes)

    counts = counted(POLICY, Urgency.L3, made)

    assert counts == [contact.at for contact in contacts(counting)]
    assert tried(POLICY, Urgency.L3, made) is (len(counts) >= 3)
    assert contact_ok(POLICY, Urgency.L3, DUE, made) is (len(counts) >= 3)


made = st.lists(
    st.builds(
        Contact,
        st.integers(0, 2000).map(lambda minutes: GIVEN_AT + timedelta(minutes=minutes)),
        st.booleans(),
    ),
    max_size=6,
)


@given(made, made, st.sampled_from(Urgency))
def test_more_work_never_loses_a_response(
    done: list[Contact], more: list[Contact], urgency: Urgency
) -> None:
    if contact_ok(POLICY, urgency, DUE, done):
        assert contact_ok(POLICY, urgency, DUE, done + more)
