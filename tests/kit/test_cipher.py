"""Enciphered texts: opened by the same key for the same row, and by nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.cipher import FORM, Cipher, Unreadable

CIPHER = Cipher(b"s" * 32, b"test")
SEALED = CIPHER.seal("13800000000", "BJ1/phone")


@given(st.text(), st.text())
def test_what_is_enciphered_is_deciphered_and_never_twice_the_same(text: str, row: str) -> None:
    sealed = CIPHER.seal(text, row)

    assert sealed.startswith(FORM)
    assert CIPHER.open(sealed, row) == text
    assert CIPHER.seal(text, row) != sealed


OTHERS = {
    "another secret": (Cipher(b"t" * 32, b"test"), SEALED, "BJ1/phone"),
    "another purpose": (Cipher(b"s" * 32, b"other"), SEALED, "BJ1/phone"),
    "another ticket": (CIPHER, SEALED, "BJ2/phone"),
    "another column": (CIPHER, SEALED, "BJ1/callback_phone"),
    "changed": (CIPHER, SEALED[:-8] + "AAAAAAA=", "BJ1/phone"),
    "cut": (CIPHER, SEALED[:20], "BJ1/phone"),
    "no base64": (CIPHER, SEALED + "!", "BJ1/phone"),
    "plain": (CIPHER, "13800000000", "BJ1/phone"),
    "empty": (CIPHER, "", "BJ1/phone"),
}


@pytest.mark.parametrize("other", OTHERS)
def test_nothing_else_opens_it(other: str) -> None:
    cipher, sealed, row = OTHERS[other]

    with pytest.raises(Unreadable):
        cipher.open(sealed, row)
