"""What may be done with a whistle, and with each summons: status, guard and the caller's part
together."""

from collections.abc import Collection

from app.kit.messages import Message
from app.whistles.life.guards import GUARDS, OFFICE_GUARDS, SUMMONS_GUARDS
from app.whistles.life.loop import OF_OFFICE, OF_SUMMONS, WhistleAction
from app.whistles.life.moves import MOVES, SUMMONS_MOVES, IllegalWhistleMove
from app.whistles.life.parts import WHO, WhistlePart
from app.whistles.life.standings import SummonsStanding, WhistleStanding

OF_WHISTLE = {action: who for action, who in WHO.items() if action not in OF_SUMMONS | OF_OFFICE}
OF_ONE = {action: WHO[action] for action in WHO if action in OF_SUMMONS | OFFICE_GUARDS.keys()}
"""Who may take a whistle's own actions, and those of one summons."""


def check(whistle: WhistleStanding, action: WhistleAction) -> None:
    """Refuses (IllegalWhistleMove) what the whistle's status or a guard does not allow."""
    if (whistle.status, action) not in MOVES:
        raise IllegalWhistleMove(
            Message(
                "cannot {action} a whistle that is {status}", action=action, status=whistle.status
            )
        )
    if action in GUARDS:
        GUARDS[action](whistle)


def check_summons(
    whistle: WhistleStanding, summons: SummonsStanding, action: WhistleAction
) -> None:
    """Refuses (IllegalWhistleMove) what the whistle, the summons or a guard does not allow."""
    if action in OFFICE_GUARDS:
        check(whistle, action)
        OFFICE_GUARDS[action](whistle, summons)
        return
    if (summons.status, action) not in SUMMONS_MOVES or summons.is_peer:
        raise IllegalWhistleMove(
            Message(
                "cannot {action} a summons that is {status}", action=action, status=summons.status
            )
        )
    check(whistle, action)
    if action in SUMMONS_GUARDS:
        SUMMONS_GUARDS[action](whistle, summons)


def allowed(whistle: WhistleStanding, parts: Collection[WhistlePart]) -> list[WhistleAction]:
    """The whistle's own actions that these parts may take now."""
    return [
        action
        for action, who in OF_WHISTLE.items()
        if who.intersection(parts) and is_open(whistle, action)
    ]


def is_open(whistle: WhistleStanding, action: WhistleAction) -> bool:
    try:
        check(whistle, action)
    except IllegalWhistleMove:
        return False
    return True


def summons_allowed(
    whistle: WhistleStanding, summons: SummonsStanding, parts: Collection[WhistlePart]
) -> list[WhistleAction]:
    """The same of a summons."""
    return [
        action
        for action, who in OF_ONE.items()
        if who.intersection(parts) and is_summons_open(whistle, summons, action)
    ]


def is_summons_open(
    whistle: WhistleStanding, summons: SummonsStanding, action: WhistleAction
) -> bool:
    try:
        check_summons(whistle, summons, action)
    except IllegalWhistleMove:
        return False
    return True
