"""A whistle and its summonses, as far as their guards read them."""

from dataclasses import dataclass
from datetime import datetime

from app.whistles.life.ladder import OF_THE_CITY
from app.whistles.life.loop import (
    OVER,
    SummonsStatus,
    Tier,
    WhistleKind,
    WhistleLevel,
    WhistleStatus,
)


@dataclass(frozen=True, slots=True)
class SummonsStanding:
    """A summons, as far as its guards need it."""

    office_code: str
    status: SummonsStatus
    required: bool
    is_peer: bool
    has_arrived: bool
    is_away: bool
    """It has left, or was released until an appointment."""
    object_until: datetime | None
    """None at W1."""
    has_objected: bool
    verified: bool = False
    """Of the other street: it has verified on the spot."""
    waived: bool = False
    supervised: bool = False
    """An answer is owed."""
    offered_from: str | None = None
    """The office whose actions are offered to this one."""
    has_left: bool = False
    refusal: bool | None = None
    """A refusal was reported: True while the district has not ruled on it."""
    came_at: datetime | None = None
    """The last time it reported in."""
    is_marked: bool = True
    """By its kind of office: it has a record (D.15)."""
    thanked: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """Which of the streets leads, as far as the caller's has a word in it (D.14.6)."""

    is_free: bool
    """Another street has joined, and a street leads."""
    proposed: bool = False
    awaits_caller: bool = False
    """The caller's street is asked."""
    concerns_caller: bool = False
    """It is asked, or has proposed."""


LEAD_OF_ONE = Lead(is_free=False)


@dataclass(frozen=True, slots=True)
class WhistleStanding:
    """A whistle, as far as its guards need it."""

    status: WhistleStatus
    level: WhistleLevel
    now: datetime
    confirmed: bool
    summonses: tuple[SummonsStanding, ...]
    tier: Tier = Tier.STREET
    verified: bool = False
    """The caller's street has verified on the spot."""
    unverified_street: str | None = None
    """The street that blew it, until it has verified."""
    rule_until: datetime | None = None
    """Of a settled whistle: until when it may be found false."""
    appeal_until: datetime | None = None
    appealed: bool = False
    appeal_decided: bool = False
    kind: WhistleKind = WhistleKind.ENFORCEMENT
    is_campaign: bool = False
    finish_at: datetime | None = None
    """The plan date, or its coordinator's new one."""
    concluded: bool = False
    """Of a campaign: it has its summary."""
    lead: Lead = LEAD_OF_ONE
    signal: bool = False
    """The district has not read that there are too many false whistles."""

    @property
    def unverified(self) -> list[str]:
        """The streets that have not verified; once the city coordinates, the other ones need
        not."""
        own = [self.unverified_street] if self.unverified_street else []
        if self.tier in OF_THE_CITY:
            return own
        peers = [each for each in self.summonses if each.is_peer and each.status not in OVER]
        return own + [each.office_code for each in peers if not each.verified]

    @property
    def deciding(self) -> list[SummonsStanding]:
        """The required summonses of departments; where none is required, all that are not
        waived."""
        called = [each for each in self.summonses if not each.is_peer]
        required = [each for each in called if each.required]
        return required or [each for each in called if not each.waived]
