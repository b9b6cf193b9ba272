"""并单: the calls of a storm night become one group, and nobody is forgotten (D.11)."""

from collections.abc import Iterator

from app.access.roles import Role
from app.simulate.calling import call_back
from app.simulate.life import DAY, HOUR, Life, Step, desk
from app.simulate.returns import joins
from app.simulate.work import contact
from app.tickets.acts.forms import Merging, Reason
from app.tickets.acts.merging import merge as merging
from app.tickets.life.lifecycle import AT_WORK, Action, Status

SEEN = 0.85
"""Share of the system's proposals that a dispatcher confirms. Plausible, and ours."""

ANOTHER_MATTER = 0.05


def merge(life: Life) -> Iterator[Step]:
    """T8: a dispatcher merges the ticket soon after the call."""
    if life.kin and life.likely(SEEN):
        body = Merging(parent_number=life.kin.ticket.number)
        at, who = life.after(2 * HOUR, 2, 4), desk(Role.DISPATCHER)
        yield Step(
            at, who, Action.MERGE, merging.merge, body, lambda: joins(life), merging.check_merging
        )


def unmerge(life: Life, body: Merging) -> Iterator[Step]:
    """A supervisor takes out another matter, before anyone is called back."""
    if life.seldom(ANOTHER_MATTER):
        why, who = Reason(reason="经核实不是同一事项。"), desk(Role.SUPERVISOR)
        yield Step(
            life.after(DAY), who, Action.UNMERGE, merging.unmerge, why, lambda: uncalled(life)
        )


def uncalled(life: Life) -> bool:
    head = life.head.ticket
    return head.status in AT_WORK | {Status.DISPATCHED} and not head.reworks


def member(life: Life) -> Step | None:
    """The parent's office contacts the citizen; he is called back when the parent's citizen is."""
    head, ticket = life.head.ticket, life.ticket
    if head.status is Status.AWAITING_CALLBACK:
        return call_back(life)
    settled = ticket.contacted_at or ticket.assessed_at
    return contact(life) if head.status in AT_WORK and not settled else None
