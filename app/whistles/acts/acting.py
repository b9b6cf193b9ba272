"""Acts on a whistle or a summons: right, lock, checks and change, in one order."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from fastapi import Depends

from app.access.gate import WrongRole, caller
from app.access.roles import Caller
from app.kit.web.etag import IfMatch, Versions
from app.tickets.acts.acting import Changing, Doing
from app.tickets.views.view import Viewer
from app.whistles.acts import locking
from app.whistles.acts.change import WhistleChange
from app.whistles.life.loop import OF_SUMMONS, WhistleAction
from app.whistles.life.parts import WHO
from app.whistles.models import Summons
from app.whistles.views import scope, view
from app.whistles.views.schemas import WhistleView
from app.whistles.views.scope import summoned

B = TypeVar("B")
WhistleDo = Callable[[WhistleChange, B], None]
SummonsDo = Callable[[WhistleChange, Summons, B], None]


def show(doing: Doing, caller: Caller, number: str) -> WhistleView:
    """The changed whistle, with its ETag."""
    whistle = scope.get(doing.session, caller, number)
    doing.response.headers["ETag"] = f'"{whistle.version}"'
    return view.view_of(Viewer(caller, doing.city, doing.now, doing.session), whistle)


@dataclass(frozen=True)
class WhistleAct:
    """One action of one caller on one whistle of his scope, or on a summons of it."""

    action: WhistleAction
    caller: Caller
    number: str
    office_code: str | None
    doing: Doing
    if_match: Versions | None

    def __call__(self, do: WhistleDo[B], body: B, check: WhistleDo[B] | None = None) -> WhistleView:
        """Take the act on the whistle once for each Idempotency-Key, and show it changed."""

        def act(change: WhistleChange, of: Summons | None) -> None:
            do(change, body)

        def further(change: WhistleChange, of: Summons | None) -> None:
            if check:
                check(change, body)

        return self.once(act, further)

    def on_summons(
        self, do: SummonsDo[B], body: B, check: SummonsDo[B] | None = None
    ) -> WhistleView:
        """The same on the summons of the path."""

        def act(change: WhistleChange, of: Summons | None) -> None:
            assert of is not None  # the path names its office
            do(change, of, body)

        def further(change: WhistleChange, of: Summons | None) -> None:
            assert of is not None
            if check:
                check(change, of, body)

        return self.once(act, further)

    def once(
        self,
        act: Callable[[WhistleChange, Summons | None], None],
        further: Callable[[WhistleChange, Summons | None], None],
    ) -> WhistleView:
        """Refusals come in this order: NoSuchWhistle, NoSuchSummons, NotYourWhistle, those of
        `further` (403, 422), WhistleChanged, IllegalWhistleMove, those of `act`."""

        def take() -> str:
            doing = self.doing
            change = locking.locked(
                doing.session, doing.city, self.caller, self.number, doing.clock
            )
            of = summoned(change.summonses, self.office_code) if self.office_code else None
            locking.check_part(change, self.action, of)
            moving = of if self.action in OF_SUMMONS else None
            with locking.explained(change, moving):
                further(change, of)
                locking.check_state(change, self.action, moving, self.if_match)
                act(change, of)
            doing.session.flush()
            return self.number

        return show(self.doing, self.caller, self.doing.once(take))


def admitted(action: WhistleAction) -> Any:
    """Dependency: the caller. Refuses WrongRole."""

    async def actor(caller: Annotated[Caller, Depends(caller)]) -> Caller:
        if not scope.ROLE_PARTS.get(caller.role, frozenset()) & WHO[action]:
            raise WrongRole(f"a key of the role {caller.role} may not {action}", role=caller.role)
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
            whistle = scope.get(doing.session, caller, number)
        return WhistleAct(action, caller, whistle.number, None, doing, if_match)

    return Depends(act)


def on_summons(action: WhistleAction) -> Any:
    """The same, on the summons of an office. Refuses NoSuchSummons, too."""

    def act(office_code: str, whistle: Annotated[WhistleAct, on_whistle(action)]) -> WhistleAct:
        summoned(locking.summonses_of(whistle.doing.session, whistle.number), office_code)
        return replace(whistle, office_code=office_code)

    return Depends(act)
