"""The record of policy documents in this database: one that governed a case stays as it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kit.db import Base, Code
from app.kit.messages import Message
from app.policy.documents import Policies, Policy, PolicyRefused


class PolicyDocument(Base):
    """Insert-only: tickets and rankings name their policy; this row has the hash of its text.

    Of a name the newest row holds. A document that was taken back before it governed a case has a
    newest row that is `withdrawn`.
    """

    __tablename__ = "policy_document"

    name: Mapped[Code] = mapped_column(primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    sha256: Mapped[Code]
    effective_from: Mapped[datetime]
    withdrawn: Mapped[bool] = mapped_column(server_default=false())


@dataclass(frozen=True, slots=True)
class Recorded:
    """A document as it was last recorded."""

    name: str
    sha256: str
    effective_from: datetime


def record(session: Session, policies: Policies, now: datetime, last_work: datetime | None) -> None:
    """Record the documents in use; `last_work` is when a case was last worked, None for never.

    A document that has governed no case may change or be taken back. Refuses (PolicyRefused) a
    change of one that has, its absence, and, where cases were worked, rules that begin in the past.
    """
    known = recorded(session)
    texts = {policy.name: policy.sha256 for policy in policies.documents}
    for document in governing(known.values(), last_work):
        check_kept(document, texts)
    new = [policy for policy in policies.documents if differs(policy, known)]
    if last_work is not None:
        check_new(new, now)
    rows = [row(policy, now) for policy in new]
    rows += [row(gone, now, withdrawn=True) for gone in known.values() if gone.name not in texts]
    if rows:
        session.execute(insert(PolicyDocument).values(rows))


def recorded(session: Session) -> dict[str, Recorded]:
    """The documents on record, by name, without those that were taken back."""
    rows = session.scalars(select(PolicyDocument).order_by(PolicyDocument.recorded_at))
    newest = {document.name: document for document in rows}
    return {
        name: Recorded(name, document.sha256, document.effective_from)
        for name, document in newest.items()
        if not document.withdrawn
    }


def governing(documents: Iterable[Recorded], last_work: datetime | None) -> list[Recorded]:
    """The documents by which a case was worked; the first holds from the beginning of time."""
    if last_work is None:
        return []
    in_order = sorted(documents, key=lambda document: document.effective_from)
    return in_order[:1] + [
        document for document in in_order[1:] if document.effective_from <= last_work
    ]


def check_kept(document: Recorded, texts: Mapping[str, str]) -> None:
    if document.name not in texts:
        raise PolicyRefused(
            Message(
                "{name}: this database has worked with it, and it is not here", name=document.name
            )
        )
    if texts[document.name] != document.sha256:
        raise PolicyRefused(
            Message(
                "{name}: it has other content than when cases were worked by it; rules change by a"
                " new document",
                name=document.name,
            )
        )


def differs(policy: Policy, known: Mapping[str, Recorded]) -> bool:
    document = known.get(policy.name)
    return document is None or document.sha256 != policy.sha256


def row(document: Policy | Recorded, now: datetime, withdrawn: bool = False) -> dict[str, object]:
    return {
        "name": document.name,
        "recorded_at": now,
        "sha256": document.sha256,
        "effective_from": document.effective_from,
        "withdrawn": withdrawn,
    }


def check_new(policies: Iterable[Policy], now: datetime) -> None:
    for policy in policies:
        if policy.effective_from <= now:
            raise PolicyRefused(
                Message(
                    "{policy}: effective_from: {instant} is past, and this database has cases"
                    " that were worked by the rules before; rules begin in time to come",
                    policy=policy.name,
                    instant=policy.effective_from,
                )
            )
