"""并单: the calls of a storm night become one matter, and nobody is forgotten (D.11)."""

from collections.abc import Iterator

from app.access.roles import Role
from app.simulate.calling import call_back
from app.simulate.life import DAY, HOUR, Life, Step, desk
from app.simulate.returns import joins
from app.simulate.work import contact
from app.tickets.acts import merge as merging
from app.tickets.acts.forms import Merging, Reason
from app.tickets.life.lifecycle import AT_WORK, Action, Status

SEEN = 0.85
"""Of those that the system would propose: confirmed by a dispatcher. Plausible, and ours."""

ANOTHER_MATTER = 0.05


def merge(life: Life) -> Iterator[Step]:
    """T8: soon after the call."""
    if life.kin and life.likely(SEEN):
        said = Merging(parent_number=life.kin.ticket.number)
        at, who = life.after(2 * HOUR, 2, 4), desk(Role.DISPATCHER)
        yield Step(
            at, who, Action.MERGE, merging.merge, said, lambda: joins(life), merging.check_merging
        )


def unmerge(life: Life, said: Merging) -> Iterator[Step]:
    """It was another matter after all, which is seen before anyone is called back."""
    if life.seldom(ANOTHER_MATTER):
        why, who = Reason(reason="经核实不是同一事项。"), desk(Role.SUPERVISOR)
        yield Step(
            life.after(DAY), who, Action.UNMERGE, merging.unmerge, why, lambda: uncalled(life)
        )


def uncalled(life: Life) -> bool:
    head = life.head.ticket
    return head.status in AT_WORK | {Status.DISPATCHED} and not head.reworks


def member(life: Life) -> Step | None:
    """Contacted by the parent's office, and called back when its parent's citizen is."""
    head, ticket = life.head.ticket, life.ticket
    if head.status is Status.AWAITING_CALLBACK:
        return call_back(life)
    settled = ticket.contacted_at or ticket.assessed_at
    return contact(life) if head.status in AT_WORK and not settled else None
