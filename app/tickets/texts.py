"""The texts and numbers of which forms are made."""

from typing import Annotated

from pydantic import Field
from pydantic import StringConstraints as Text

from app.kit.wire import Clean

Category = Annotated[str, Text(pattern=r"^([0-9]{2}){1,3}$")]

ExternalId = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=128), Clean]

AddressText = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=500), Clean]

Name = Annotated[str, Text(strip_whitespace=True, min_length=1, max_length=100), Clean]

Phone = Annotated[str, Text(strip_whitespace=True, pattern=r"^[0-9+() -]{3,30}$")]

Lon = Annotated[float, Field(ge=-180, le=180, strict=True)]

Lat = Annotated[float, Field(ge=-90, le=90, strict=True)]

Number = Annotated[str, Text(pattern=r"^BJ[0-9]{15}$")]

ReasonCode = Annotated[str, Text(pattern=r"^[a-z][a-z_]{1,39}$")]
