"""What routing is given of a city: its names, its places and its duties, as it needs them.

Any values with these attributes serve: those of app/offices, or others' own. The kinds are words:
a street's `street` or `township`; a place's `community` or `village`; a name's `official`,
`statistical`, `alias`, `former`, `variant`, `office`, `truncated` or `stem`.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

TOWNSHIP, VILLAGE, STEM = "township", "village", "stem"
STRONG_NAMES = frozenset(("official", "statistical", "alias", "former", "variant", "office"))
"""Names that mean the office and nothing else; a stem or a truncated name may be a road's."""
TO_A_STREET, TO_A_CENTRE = "street", "district_centre"


class District(Protocol):
    """`code` has six digits."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...


class Street(Protocol):
    """A 街道, 镇 or 乡; its `code` begins with its district's."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Name(Protocol):
    """A name of a street, from `active_from` to before `active_to`."""

    @property
    def street_code(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def active_from(self) -> date | None: ...
    @property
    def active_to(self) -> date | None: ...


class Place(Protocol):
    """A community or village, with the name that its committee bears."""

    @property
    def code(self) -> str: ...
    @property
    def street_code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...


class Gazetteer(Protocol):
    """`version` differs for other content."""

    @property
    def version(self) -> str: ...
    @property
    def districts(self) -> Sequence[District]: ...
    @property
    def streets(self) -> Sequence[Street]: ...
    @property
    def names(self) -> Sequence[Name]: ...
    @property
    def places(self) -> Sequence[Place]: ...


class Duty(Protocol):
    """Whose duty a matter is: of `target_kind` TO_A_STREET the place's, else an office's."""

    @property
    def target_kind(self) -> str: ...
    @property
    def rule_id(self) -> str | None: ...
    @property
    def needs_district(self) -> bool: ...
    @property
    def informs_street(self) -> bool: ...
    def lead_code(self, district_code: str | None) -> str | None: ...
    def joint_codes(self, district_code: str | None) -> tuple[str, ...]: ...


class Catalogue(Protocol):
    def find(self, code: str | None, text: str, area: str | None, on: date) -> Duty:
        """The duty for a matter of this category (None: not known) with this text, in an area."""
