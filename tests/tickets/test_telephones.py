"""Telephone numbers have one form, however they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from app.tickets import telephones
from app.tickets.citizens import masked_phone
from app.tickets.texts import Phone

PHONE: TypeAdapter[str] = TypeAdapter(Phone)
SPELLINGS = {
    "13800000000": [
        "138 0000 0000",
        "138-0000-0000",
        "+86 138 0000 0000",
        "0086-138-0000-0000",
        "(+86)13800000000",
        "+86 (0) 138 0000 0000",
        "86 13800000000",
        "013800000000",
        "１３８００００００００",
        "138—0000—0000",
        "138.0000.0000",
        "\u3000138 0000 0000",
        "\u202d138 0000 0000\u202c",
        "138\u200b0000\u200b0000\ufeff",
        "tel:+8613800000000",
    ],
    "010-65123456": [
        "65123456",
        "6512-3456",
        "6512 - 3456",
        "01065123456",
        "(010)65123456",
        "（０１０）６５１２３４５６",
        "+86 10 65123456",
        "0086-10-65123456",
        "1065123456",
        "86-10-6512-3456",
    ],
    "010-65123456-801": [
        "65123456-801",
        "010-65123456转801",
        "6512 3456 ext. 801",
        "+86-10-65123456 x801",
        "65123456 分机 801",
        "(010) 65123456 #801",
    ],
    "021-61234567": ["+86 21 6123 4567", "02161234567", "(021) 61234567"],
    "+13125550100": ["+1 (312) 555-0100", "001-312-555-0100"],
    "4008100000-2": ["400-810-0000转2", "400 810 0000 ext 2"],
    "12345": ["12345", "1-2-3-4-5"],
}


@pytest.mark.parametrize("form", SPELLINGS)
def test_all_spellings_of_a_number_are_one_and_no_other_is(form: str) -> None:
    for written in (form, *SPELLINGS[form]):
        assert PHONE.validate_python(written) == form, written


@pytest.mark.parametrize(
    "written", ["---", "()()()", "+()- ", "1-2", "abc", "138O0000000", "１２", "", "  ", "打不通"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValidationError):
        PHONE.validate_python(written)


@pytest.mark.parametrize("nobodys", ["000", "00000000000", "12345", "110", "95588", "1111111"])
def test_nobody_is_found_again_by_a_services_number(nobodys: str) -> None:
    read = telephones.read(nobodys)
    assert read is not None
    assert read.key is None


def test_extensions_are_of_one_key_and_other_numbers_of_others() -> None:
    keys = {form: read.key for form in SPELLINGS if (read := telephones.read(form))}
    assert keys["010-65123456"] == keys["010-65123456-801"]
    assert len(set(keys.values())) == len(keys) - 1


@given(st.text("0123456789+() -转", min_size=3, max_size=40))
def test_a_mask_hides_four_digits_of_whatever_is_taken(written: str) -> None:
    try:
        phone = PHONE.validate_python(written)
    except ValidationError:
        return
    masked = masked_phone(phone)
    assert masked is not None
    digits = sum(map(str.isdecimal, phone))
    assert digits - sum(map(str.isdecimal, masked)) >= min(4, digits)
    assert PHONE.validate_python(phone) == phone


@pytest.mark.parametrize("form", SPELLINGS)
def test_a_number_of_a_known_shape_is_dialable(form: str) -> None:
    number = telephones.read(form)
    assert number is not None
    assert number.is_dialable is (number.key is not None)


@pytest.mark.parametrize(
    "written",
    [
        "110",
        "12345",
        "1381234567",
        "138123456789",
        "13812345",
        "6512345",
        "010-6512345678",
        "95598",
    ],
)
def test_a_digit_too_few_or_too_many_is_seen(written: str) -> None:
    number = telephones.read(written)
    assert number is not None
    assert not number.is_dialable
