"""The bytes of erased files, taken from the disk after their ticket's erasure is recorded.

A process that dies between the two does it at its next start; a file that another ticket has, too,
keeps its bytes.
"""

from pathlib import Path

from sqlalchemy import delete, select

from app.attachments import store
from app.attachments.models import Attachment
from app.kit.db import Sessions

AT_ONCE = 200


def remove_some(sessions: Sessions, folder: Path) -> bool:
    """Whether there may be more."""
    erased = select(Attachment.id, Attachment.sha256).where(Attachment.erased)
    with sessions.begin() as session:
        rows = session.execute(
            erased.order_by(Attachment.id).limit(AT_ONCE).with_for_update(skip_locked=True)
        ).all()
        hashes = {row.sha256 for row in rows}
        others = select(Attachment.sha256).where(Attachment.sha256.in_(hashes), ~Attachment.erased)
        for sha256 in sorted(hashes - set(session.scalars(others))):
            store.remove(folder, sha256)
        session.execute(delete(Attachment).where(Attachment.id.in_([row.id for row in rows])))
    return len(rows) == AT_ONCE
