"""Cases without a citizen (RULEBOOK D.9.1): who they are, and what their response is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.policy.documents import parse
from app.tickets.life.contacts import Contact, Method
from app.tickets.life.lifecycle import Channel
from app.tickets.life.sources import no_citizen, responded, verifiable

DOCUMENT = Path("app/data/policy/beijing-2019.toml").read_text()
COUNTS_NO_ANONYMOUS = parse("beijing-2019", DOCUMENT)
COUNTS_ANONYMOUS = parse("x", DOCUMENT.replace("anonymous = false", "anonymous = true"))
DUE = datetime(2026, 11, 21, 4, tzinfo=UTC)
LATE = DUE + timedelta(microseconds=1)
CALL, VISIT, MESSAGE = Method.CALL, Method.VISIT, Method.MESSAGE


@pytest.mark.parametrize(
    ("channel", "anonymous", "reachable", "nobody", "may_be_verified"),
    [
        ("media", False, False, True, True),
        ("opinion", True, False, True, True),
        ("superior", False, False, True, True),
        ("media", False, True, False, True),
        ("phone", False, False, False, False),
        ("phone", True, False, False, False),
        ("weibo", True, True, False, False),
        ("p110", False, True, False, False),
    ],
)
def test_who_has_a_source_and_no_telephone_has_no_citizen(
    channel: str, anonymous: bool, reachable: bool, nobody: bool, may_be_verified: bool
) -> None:
    without = no_citizen(COUNTS_NO_ANONYMOUS, Channel(channel), anonymous, reachable)

    assert (without, verifiable(Channel(channel), without)) == (nobody, may_be_verified)


@pytest.mark.parametrize(("reachable", "nobody"), [(False, True), (True, False)])
def test_an_anonymous_caller_is_no_citizen_where_the_policy_counts_him(
    reachable: bool, nobody: bool
) -> None:
    assert no_citizen(COUNTS_ANONYMOUS, Channel.PHONE, True, reachable) is nobody
    assert not no_citizen(COUNTS_ANONYMOUS, Channel.PHONE, False, reachable)


@pytest.mark.parametrize(
    ("contacts", "in_time"),
    [
        ([], False),
        ([Contact(DUE, True, VISIT)], True),
        ([Contact(DUE, False, VISIT)], True),
        ([Contact(DUE, True, MESSAGE)], True),
        ([Contact(DUE, False, MESSAGE)], False),
        ([Contact(DUE, True, CALL)], False),
        ([Contact(DUE - timedelta(hours=hours), False, CALL) for hours in (1, 3, 5)], False),
        ([Contact(LATE, True, VISIT)], False),
        ([Contact(LATE, True, VISIT), Contact(DUE, True, MESSAGE)], True),
    ],
)
def test_the_response_is_a_visit_or_a_public_answer(contacts: list[Contact], in_time: bool) -> None:
    assert responded(DUE, contacts) is in_time
