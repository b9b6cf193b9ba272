"""Acts on a whistle or a summons: right, lock, checks and change, in one order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends
from sqlalchemy.orm import Session

from app.access.gate import WrongRole, caller
from app.access.roles import Caller
from app.city import City
from app.kit.clock import Clock
from app.kit.messages import Message
from app.kit.web.etag import IfMatch, Versions
from app.tickets.acts.acting import Changing, Doing
from app.tickets.views.view import Viewer
from app.whistles.acts import linked, locking
from app.whistles.acts.change import WhistleChange
from app.whistles.life import guards
from app.whistles.life.loop import OF_SUMMONS, WhistleAction
from app.whistles.life.parts import WHO
from app.whistles.models import Summons
from app.whistles.views import scope, view
from app.whistles.views.schemas import WhistleView
from app.whistles.views.scope import summoned

B = TypeVar("B")
R = TypeVar("R")
WhistleDo = Callable[[WhistleChange, B], None]
SummonsDo = Callable[[WhistleChange, Summons, B], None]
Act = Callable[[WhistleChange, Summons | None], R]


def show(doing: Doing, caller: Caller, number: str) -> WhistleView:
    """The changed whistle, with its ETag."""
    whistle = scope.get(doing.session, caller, number)
    doing.response.headers["ETag"] = f'"{whistle.version}"'
    return view.view_of(Viewer(caller, doing.city, doing.now, doing.session), whistle)


class Bench(Protocol):
    """The transaction, the city and the clock of an act."""

    @property
    def session(self) -> Session: ...

    @property
    def city(self) -> City: ...

    @property
    def clock(self) -> Clock: ...


@dataclass(frozen=True)
class Step:
    """One action of one caller on one whistle of his scope, or on a summons of it."""

    action: WhistleAction
    caller: Caller
    number: str
    office_code: str | None = None
    if_match: Versions | None = None

    def take(self, bench: Bench, act: Act[R], further: Act[None] | None = None) -> R:
        """Refusals come in this order: NoSuchWhistle, NoSuchSummons, NotYourWhistle, those of
        `further` (403, 422), WhistleChanged, IllegalWhistleMove, those of `act`."""
        session = bench.session
        change = locking.locked(session, bench.city, self.caller, self.number, bench.clock)
        of = summoned(change.summonses, self.office_code) if self.office_code else None
        locking.check_part(change, self.action, of)
        moving = of if self.action in OF_SUMMONS | guards.OFFICE_GUARDS.keys() else None
        with locking.explained(change, moving):
            if further:
                further(change, of)
            locking.check_state(change, self.action, moving, self.if_match)
            result = act(change, of)
            linked.tell(change)
        session.flush()
        return result


@dataclass(frozen=True)
class WhistleAct:
    """A step that a request asks for."""

    step: Step
    doing: Doing
    offices: Sequence[str]
    """The summoned, before the whistle is locked."""

    def __call__(self, do: WhistleDo[B], body: B, check: WhistleDo[B] | None = None) -> WhistleView:
        """Take the step on the whistle once for each Idempotency-Key, and show it changed."""

        def further(change: WhistleChange, of: Summons | None) -> None:
            if check:
                check(change, body)

        return self.once(lambda change, _: do(change, body), further)

    def on_summons(
        self, do: SummonsDo[B], body: B, check: SummonsDo[B] | None = None
    ) -> WhistleView:
        """The same on the summons of the path."""

        def further(change: WhistleChange, of: Summons | None) -> None:
            if check:
                check(change, named(of), body)

        return self.once(lambda change, of: do(change, named(of), body), further)

    def once(self, act: Act[None], further: Act[None]) -> WhistleView:
        def take() -> str:
            self.step.take(self.doing, act, further)
            return self.step.number

        return show(self.doing, self.step.caller, self.doing.once(take))


def named(of: Summons | None) -> Summons:
    assert of is not None  # the path names its office
    return of


def admitted(action: WhistleAction) -> Any:
    """Dependency: the caller. Refuses WrongRole."""

    async def actor(caller: Annotated[Caller, Depends(caller)]) -> Caller:
        if not scope.ROLE_PARTS.get(caller.role, frozenset()) & WHO[action]:
            raise WrongRole(
                Message(
                    "a key of the role {role} may not {action}", role=caller.role, action=action
                ),
                role=caller.role,
            )
        return caller

    return Depends(actor)


def on_whistle(action: WhistleAction) -> Any:
    """Dependency: the act of a path. Refuses WrongRole, then NoSuchWhistle."""

    def act(
        number: str,
        caller: Annotated[Caller, admitted(action)],
        doing: Changing,
        if_match: IfMatch,
    ) -> WhistleAct:
        with doing.once.remembered():
            whistle = scope.outline(doing.session, caller, number)
        step = Step(action, caller, whistle.number, if_match=if_match)
        return WhistleAct(step, doing, whistle.offices)

    return Depends(act)


def on_summons(action: WhistleAction) -> Any:
    """The same, on the summons of an office. Refuses NoSuchSummons, too."""

    def act(office_code: str, whistle: Annotated[WhistleAct, on_whistle(action)]) -> WhistleAct:
        scope.check_summoned(whistle.offices, office_code)
        return replace(whistle, step=replace(whistle.step, office_code=office_code))

    return Depends(act)
