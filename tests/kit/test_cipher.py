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


@pytest.mark.parametrize(
    ("cipher", "sealed", "row"),
    [
        (Cipher(b"t" * 32, b"test"), SEALED, "BJ1/phone"),
        (Cipher(b"s" * 32, b"other"), SEALED, "BJ1/phone"),
        (CIPHER, SEALED, "BJ2/phone"),
        (CIPHER, SEALED, "BJ1/callback_phone"),
        (CIPHER, SEALED[:-8] + "AAAAAAA=", "BJ1/phone"),
        (CIPHER, SEALED[:20], "BJ1/phone"),
        (CIPHER, SEALED + "!", "BJ1/phone"),
        (CIPHER, "13800000000", "BJ1/phone"),
        (CIPHER, "", "BJ1/phone"),
    ],
)
def test_nothing_else_opens_it(cipher: Cipher, sealed: str, row: str) -> None:
    with pytest.raises(Unreadable):
        cipher.open(sealed, row)
