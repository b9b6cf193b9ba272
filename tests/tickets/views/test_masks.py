"""Who called, as far as a role may know (RULEBOOK D.16)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.roles import Role
from app.kit.cipher import Cipher
from app.tickets.citizens import Citizen, Eyes, masked_name, masked_phone, sealed, shown
from app.tickets.models import Ticket

NAMES = [(None, None), ("张三", "张*"), ("欧阳建国", "欧***"), ("张", "张*"), ("𠮷野家", "𠮷**")]
PHONES = [
    (None, None),
    ("13800001234", "138****1234"),
    ("+86 138 0000 1234", "+86" + "*" * 10 + "1234"),
    ("010-64301234", "010*****1234"),
    ("64301234", "********"),
    ("110", "***"),
]


@pytest.mark.parametrize(("name", "masked"), NAMES)
def test_a_name_keeps_its_first_character(name: str | None, masked: str | None) -> None:
    assert masked_name(name) == masked


@pytest.mark.parametrize(("phone", "masked"), PHONES)
def test_a_phone_keeps_its_ends_if_it_is_long(phone: str | None, masked: str | None) -> None:
    assert masked_phone(phone) == masked


@given(st.text("0123456789", min_size=3, max_size=30))
def test_a_masked_phone_keeps_its_length_and_hides_four_digits(phone: str) -> None:
    masked = masked_phone(phone)

    assert masked is not None
    assert len(masked) == len(phone)
    assert masked.count("*") >= min(4, len(phone))


IN_THE_CLEAR, MASKED, HIDDEN = ("张三", "13800001234"), ("张*", "138****1234"), (None, None)
SEEN = [
    # role, of a secret ticket?, in a list?, what is seen
    (Role.OPERATOR, False, False, IN_THE_CLEAR),
    (Role.CALLBACK, True, False, IN_THE_CLEAR),
    (Role.SUPERVISOR, True, False, IN_THE_CLEAR),
    (Role.OPERATOR, False, True, MASKED),
    (Role.SUPERVISOR, True, True, MASKED),
    (Role.DISPATCHER, False, False, MASKED),
    (Role.AUDITOR, True, False, MASKED),
    (Role.HANDLER, False, False, MASKED),
    (Role.HANDLER, False, True, MASKED),
    (Role.CHIEF, False, False, MASKED),
    (Role.DISTRICT, False, False, MASKED),
    (Role.HANDLER, True, False, HIDDEN),
    (Role.CHIEF, True, True, HIDDEN),
    (Role.DISTRICT, True, False, HIDDEN),
]


@pytest.mark.parametrize(("role", "secret", "bulk", "seen"), SEEN)
def test_a_role_sees_no_more_than_it_must(
    role: Role, secret: bool, bulk: bool, seen: tuple[str | None, str | None]
) -> None:
    cipher, known = Cipher(b"secret", b"masks"), {"name": "张三", "phone": "13800001234"}
    kept = sealed(cipher, "BJ1", known)
    citizen = Citizen(ticket_number="BJ1", **kept, anonymous=False, confidential=secret)

    view = shown(citizen, Ticket(number="BJ1", secret=secret), Eyes(cipher, role, bulk))

    assert (view.name, view.phone) == seen
    assert view.confidential is secret
