"""Changes of one roster: the locked row, its caller, and the record that each change leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.access.roles import Caller
from app.city import City
from app.duties.centres import CentreModel
from app.forces.models import Force, ForceEvent, ForceMember, ForceStatement
from app.forces.roster import ForceAction
from app.kit.errors import Invalid, NotFound, Stale
from app.kit.messages import Message
from app.kit.rows import insertion_of
from app.kit.web.etag import Versions
from app.offices.directory import OfficeEntry
from app.tickets.events import new_salt
from app.tickets.life import links

MEMBERS = (
    "street_code",
    "seq",
    "at",
    "actor",
    "role",
    "office_code",
    "action",
    "member_id",
    "data",
    "words_hash",
)
"""Of an event, in order: what its link is over."""


class NoSuchMember(NotFound):
    title = "There is no such person in this roster"


class UnknownMember(Invalid):
    title = "There is no such person in this roster"


class RosterChanged(Stale):
    title = "The roster has changed since you read it"


@dataclass
class RosterChange:
    session: Session
    city: City
    street: OfficeEntry
    force: Force
    caller: Caller
    now: datetime

    @property
    def model(self) -> CentreModel | None:
        return self.city.centres.get(self.force.model or "")

    def member(self, member_id: int) -> ForceMember:
        """Refuses (NoSuchMember) one of another roster, or one who has left."""
        member = self.anybody(member_id)
        if member.left_at:
            raise NoSuchMember(Message("member {member_id} has left", member_id=member_id))
        return member

    def anybody(self, member_id: int) -> ForceMember:
        """The same, also one who has left."""
        member = self.session.get(ForceMember, member_id)
        if member is None or member.street_code != self.street.code:
            raise NoSuchMember(Message("no member {member_id}", member_id=member_id))
        return member

    def named(self, member_id: int, pointer: str, also_left: bool = False) -> ForceMember:
        """The person whom a body names. Refuses (UnknownMember) at the field that named him."""
        try:
            return self.anybody(member_id) if also_left else self.member(member_id)
        except NoSuchMember as fault:
            errors = [{"pointer": pointer, "detail": fault.detail}]
            raise UnknownMember(fault.detail, errors=errors) from None

    def present(self) -> list[ForceMember]:
        """The people of the roster, the first to join first."""
        return list(self.session.scalars(members_of(self.street.code)))

    def record(
        self,
        action: ForceAction,
        member_id: int | None = None,
        data: Mapping[str, Any] | None = None,
        words: Mapping[str, Any] | None = None,
    ) -> int:
        """Write the event, linked to the former one; its number. `data` holds codes, numbers and
        days, `words` what is said of persons and by them."""
        force, seq = self.force, self.force.version + 1
        salt = new_salt() if words else b""
        event = {
            "street_code": force.street_code,
            "seq": seq,
            "at": self.now,
            "actor": self.caller.id,
            "role": self.caller.role,
            "office_code": self.caller.office_code,
            "action": action,
            "member_id": member_id,
            "data": dict(data or {}),
            "words_hash": links.words_hash(salt, words) if words else None,
        }
        force.version, force.chain_head = seq, links.link(force.chain_head, event, MEMBERS)
        place = {"street_code": force.street_code, "seq": seq}
        spoken = [{**place, "words": dict(words), "salt": salt}] if words else []
        written = {ForceEvent: [{**event, "link": force.chain_head}], ForceStatement: spoken}
        insertion_of(written).run(self.session.connection())
        return seq


def members_of(street_code: str) -> sa.Select[ForceMember]:
    present = (ForceMember.street_code == street_code, ForceMember.left_at.is_(None))
    return select(ForceMember).where(*present).order_by(ForceMember.id)


def locked(session: Session, street_code: str) -> Force:
    """The roster's row, locked; an empty one is made where there was none."""
    new = insert(Force).values(street_code=street_code, version=0, chain_head=links.BEFORE_ALL)
    session.execute(new.on_conflict_do_nothing())
    query = select(Force).where(Force.street_code == street_code)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def check_version(version: int, if_match: Versions | None) -> None:
    """Refuses RosterChanged (`If-Match`)."""
    if if_match is not None and str(version) not in if_match:
        raise RosterChanged(Message("it is at version {version}", version=version), version=version)
