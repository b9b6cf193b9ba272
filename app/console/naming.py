"""Offices by the names that a person types and reads; the API takes their codes."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.offices.directory import OfficeEntry

ONE, SEVERAL = "office_code", "office_codes"
"""Within the names of members that name offices."""


class Names:
    """The offices that work on a day: each by its name, with its district where others have the
    same name."""

    def __init__(self, offices: Mapping[str, OfficeEntry], on: date) -> None:
        self.offices = offices
        self.working = [office for office in offices.values() if office.active(on)]
        self.times = Counter(office.name for office in self.working)
        self.codes = {self.name(office): office.code for office in self.working}
        aliases = Counter(alias for office in self.working for alias in office.aliases)
        for office in self.working:
            for alias in office.aliases:
                if aliases[alias] == 1:
                    self.codes.setdefault(alias, office.code)

    def name(self, office: OfficeEntry) -> str:
        if self.times[office.name] <= 1:
            return office.name
        district = self.offices.get(office.district_code or "")
        return f"{office.name}（{district.name if district else office.code}）"

    def of(self, text: str) -> str:
        """The name of the office with this code; any other text as it is."""
        office = self.offices.get(text)
        return self.name(office) if office else text

    def code(self, text: str) -> str:
        """The code of the office with this name; any other text as it is, for the API to judge."""
        text = text.strip()
        return text if text in self.offices else self.codes.get(text, text)

    def coded(self, body: Any, member: str = "") -> Any:
        """A request's body with codes in place of the offices' names."""
        if isinstance(body, Mapping):
            return {name: self.coded(value, name) for name, value in body.items()}
        if isinstance(body, list):
            return [self.coded(value, member) for value in body]
        return self.code(body) if isinstance(body, str) and ONE in member else body
