"""The texts and numbers of which forms are made."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic import StringConstraints as Text

from app.kit.messages import Message, shape
from app.kit.web.wire import OneLine, Shown
from app.tickets import telephones

CATEGORY = shape(r"^([0-9]{2}){1,3}$", "is no category's code of two, four or six digits")
Category = Annotated[
    str,
    Text(pattern=CATEGORY),
]

ExternalId = Annotated[
    str, Text(strip_whitespace=True, min_length=1, max_length=128), Shown, OneLine
]

LONGEST_ADDRESS = 500

AddressText = Annotated[
    str, Text(strip_whitespace=True, min_length=1, max_length=LONGEST_ADDRESS), Shown, OneLine
]

Name = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=100), Shown, OneLine]


def telephone(text: str) -> str:
    """In the one form of a number, however it is written."""
    read = telephones.read(text)
    if read is None:
        raise ValueError(Message("is no telephone number"))
    return read.text


Phone = Annotated[
    str, Text(strip_whitespace=True, min_length=3, max_length=30), AfterValidator(telephone)
]

Lon = Annotated[float, Field(ge=-180, le=180, strict=True)]

Lat = Annotated[float, Field(ge=-90, le=90, strict=True)]

TICKET = shape(r"^BJ[0-9]{15}$", "is no ticket's number such as BJ202611200000001")
Number = Annotated[
    str,
    Text(pattern=TICKET),
]

REASON = shape(r"^[a-z][a-z_]{1,39}$", "is no reason's code")
ReasonCode = Annotated[str, Text(pattern=REASON)]
