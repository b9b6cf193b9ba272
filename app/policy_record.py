"""Which policy documents this database has worked with: a name stands for one content for ever."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base, Code
from app.policy import Policies, PolicyRefused


class PolicyDocument(Base):
    """Insert-only: tickets and rankings name their policy, and this says which text that was."""

    __tablename__ = "policy_document"

    name: Mapped[Code] = mapped_column(primary_key=True)
    sha256: Mapped[Code]
    effective_from: Mapped[datetime]
    recorded_at: Mapped[datetime]


def record(session: Session, policies: Policies, now: datetime) -> None:
    """Refuses (PolicyRefused) a known name with other content, and the lack of a known document."""
    given = {policy.name: policy for policy in policies.documents}
    for name, sha256 in session.execute(select(PolicyDocument.name, PolicyDocument.sha256)):
        if name not in given:
            raise PolicyRefused(f"{name}: this database has worked with it, and it is not here")
        if given[name].sha256 != sha256:
            raise PolicyRefused(f"{name}: it has other content than when it was first used")
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
