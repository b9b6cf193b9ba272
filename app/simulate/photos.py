"""Photos: of the citizen's matter, and of finished work (RULEBOOK D.16).

A broken run takes its tickets back and leaves these files: they are few, and a file has the name of
its content.
"""

from collections.abc import Iterator
from zlib import compress, crc32

from app.access.roles import Role
from app.attachments import service
from app.simulate.life import HOUR, Life, Step, desk
from app.tickets.acts.change import Change
from app.tickets.acts.forms import Nothing
from app.tickets.life.lifecycle import OPEN, Action, Status

SENT = 0.04
OF_WORK = 0.1
SHADES = range(0, 256, 32)
SIDE = 16


def of_matter(life: Life) -> Iterator[Step]:
    """The operator attaches the citizen's photo."""
    if life.seldom(SENT):
        step = attaching(life, "现场.png")
        yield step._replace(who=desk(Role.OPERATOR), still=life.is_open(*OPEN))


def of_work(life: Life) -> Iterator[Step]:
    if life.likely(OF_WORK):
        yield attaching(life, "处理后.png")


def attaching(life: Life, name: str) -> Step:
    """A photo attached by the ticket's office, soon."""
    picture, office = grey(life.asked.chance.choice(SHADES)), life.head.ticket.office_code

    def attach(change: Change, body: Nothing) -> None:
        service.attach_bytes(change, life.city.photos, picture, name)

    def is_at_work() -> bool:
        return (life.ticket.status, life.ticket.office_code) == (Status.IN_PROGRESS, office)

    at = life.after(HOUR)
    return Step(at, life.handler(), Action.ATTACH, attach, Nothing(), is_at_work)


def grey(shade: int) -> bytes:
    """A small square of one shade, as PNG."""
    row = b"\0" + bytes([shade]) * SIDE
    head = SIDE.to_bytes(4) * 2 + bytes([8, 0, 0, 0, 0])
    parts = {b"IHDR": head, b"IDAT": compress(row * SIDE), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in parts.items())


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + crc32(kind + data).to_bytes(4)
