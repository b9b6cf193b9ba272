"""The record of policy documents in this database: a name stands for one content for ever."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base, Code
from app.kit.web.wire import in_utc
from app.policy.documents import Policies, Policy, PolicyRefused


class PolicyDocument(Base):
    """Insert-only: tickets and rankings name their policy; this row has the hash of its text."""

    __tablename__ = "policy_document"

    name: Mapped[Code] = mapped_column(primary_key=True)
    sha256: Mapped[Code]
    effective_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


def record(session: Session, policies: Policies, now: datetime, worked: bool) -> None:
    """Refuses (PolicyRefused) a known name with other content, a missing known document, and, in a
    database with cases, a new document that begins in the past."""
    known = dict(session.execute(select(PolicyDocument.name, PolicyDocument.sha256)).all())
    check_known(policies, known)
    if worked:
        check_new([policy for policy in policies.documents if policy.name not in known], now)
    rows = [
        {
            "name": policy.name,
            "sha256": policy.sha256,
            "effective_from": policy.effective_from,
            "recorded_at": now,
        }
        for policy in policies.documents
    ]
    session.execute(insert(PolicyDocument).values(rows).on_conflict_do_nothing())


def check_known(policies: Policies, known: Mapping[str, str]) -> None:
    given = {policy.name: policy for policy in policies.documents}
    for name, sha256 in known.items():
        if name not in given:
            raise PolicyRefused(f"{name}: this database has worked with it, and it is not here")
        if given[name].sha256 != sha256:
            raise PolicyRefused(f"{name}: it has other content than when it was first used")


def check_new(policies: Iterable[Policy], now: datetime) -> None:
    for policy in policies:
        if policy.effective_from <= now:
            raise PolicyRefused(
                f"{policy.name}: effective_from: {in_utc(policy.effective_from)} is past, and this "
                "database has cases that were worked by the rules before; rules begin in time to "
                "come"
            )
