"""The order 哨令 as a page, a single file to be printed, with nothing of a citizen."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.kit.messages import Language, Message, for_reader, language, phrase, template, tongue, word
from app.kit.workdays import BEIJING
from app.offices.directory import OfficeKind
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
    WhistleStatus,
)
from app.whistles.views.schemas import SummonsView, WhistleView

VOID = {
    WhistleStatus.CANCELLED: Message(
        "This whistle was cancelled by the street: the order is void."
    ),
    WhistleStatus.FALSE: Message("This whistle was ruled false: the order is void."),
}
DEPARTMENT = Message("the department's powers of enforcement, approval and administration")
ON_THE_SPOT = Message("coordination on the spot")
POWERS = {
    OfficeKind.DISTRICT_DEPT: DEPARTMENT,
    OfficeKind.CITY_DEPT: DEPARTMENT,
    OfficeKind.BRANCH: Message("the station's powers of enforcement, approval and administration"),
    OfficeKind.ENTERPRISE: Message("utility service and repair, without powers of enforcement"),
    OfficeKind.CENTRAL: Message("its own administration, without powers of enforcement"),
    OfficeKind.STREET: ON_THE_SPOT,
    OfficeKind.TOWNSHIP: ON_THE_SPOT,
}

NAMED, WITH_DUTY = template("{name} ({office})"), template("{name} ({office}, {duty})")
FORMS: Mapping[Language, str] = {"zh": "%Y年%m月%d日 %H:%M", "en": "%Y-%m-%d %H:%M"}

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Called:
    """A row: who must come, with what power, until when, for what."""

    name: str
    required: bool
    power: str
    through_centre: bool
    arrive_by: str
    actions: list[str]


@dataclass(frozen=True, slots=True)
class Commander:
    """Of a campaign, by name and office."""

    name: str
    office: str
    duty: str | None


@dataclass(frozen=True, slots=True)
class Command:
    head: Commander
    members: list[Commander]


Kinds = Mapping[str, OfficeKind]
"""Of the summoned offices."""


def in_beijing(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):{FORMS[language.get()]}}" if at else "—"


def person(commander: Commander) -> str:
    return phrase(WITH_DUTY if commander.duty else NAMED, **asdict(commander))


PAGES.globals |= {"_": phrase, "tongue": tongue, "person": person}
PAGE = PAGES.get_template("order.html")


def page(whistle: WhistleView, kinds: Kinds, command: Command | None, at: datetime) -> bytes:
    """`at`: the instant at which it is printed."""
    return PAGE.render(facts(whistle, kinds), command=command, printed=in_beijing(at)).encode()


def facts(whistle: WhistleView, kinds: Kinds) -> dict[str, Any]:
    return {
        "number": whistle.number,
        "kind": word(whistle.kind, language.get()),
        "level": word(whistle.level, language.get()),
        "void": for_reader(VOID[whistle.status]) if whistle.status in VOID else None,
        "matter": whistle.matter,
        "why": whistle.why,
        "place": whistle.place.text,
        "meeting_point": whistle.meeting_point.text,
        "meet_at": in_beijing(whistle.meet_at) if whistle.meet_at else None,
        "street": whistle.street.name,
        "conductor": whistle.conductor.name,
        "blown_at": in_beijing(whistle.blown_at),
        "confirmed_at": in_beijing(whistle.confirmed_at) if whistle.confirmed_at else None,
        "finish_due_at": in_beijing(whistle.new_date_at or whistle.finish_due_at),
        "called": list(called(whistle.summonses, kinds)),
    }


def called(summonses: list[SummonsView], kinds: Kinds) -> Iterator[Called]:
    """Without those that a ruling let go."""
    for summons in summonses:
        if summons.status is not SummonsStatus.WITHDRAWN_BY_RULING:
            is_peer = summons.kind is SummonsKind.PEER
            kind = OfficeKind.STREET if is_peer else kinds.get(summons.office_code)
            yield Called(
                name=summons.office_name,
                required=summons.required,
                through_centre=summons.through_centre,
                power=for_reader(POWERS[kind]) if kind in POWERS else "—",
                arrive_by=in_beijing(summons.arrive_due_at),
                actions=[item.action for item in summons.actions],
            )
