"""The order 哨令 as a page in Chinese, a single file to be printed, with nothing of a citizen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.kit.messages import CHINESE, word
from app.kit.workdays import BEIJING
from app.offices.directory import OfficeKind
from app.whistles.life.loop import (
    SummonsKind,
    SummonsStatus,
    WhistleStatus,
)
from app.whistles.views.schemas import SummonsView, WhistleView

VOID = {
    WhistleStatus.CANCELLED: "本哨已由街乡撤回，本令作废。",
    WhistleStatus.FALSE: "本哨经裁定不成立，本令作废。",
}
POWERS = {
    OfficeKind.DISTRICT_DEPT: "本部门行政执法、审批与管理职权",
    OfficeKind.CITY_DEPT: "本部门行政执法、审批与管理职权",
    OfficeKind.BRANCH: "本机构行政执法、审批与管理职权",
    OfficeKind.ENTERPRISE: "专业保障与抢修，不行使执法权",
    OfficeKind.CENTRAL: "本单位管理权限，不行使执法权",
    OfficeKind.STREET: "属地统筹",
    OfficeKind.TOWNSHIP: "属地统筹",
}

PAGE = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("order.html")


@dataclass(frozen=True, slots=True)
class Called:
    """A row: who must come, with what power, until when, for what."""

    name: str
    required: bool
    power: str
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
    return f"{at.astimezone(BEIJING):%Y年%m月%d日 %H:%M}" if at else "—"


def page(whistle: WhistleView, kinds: Kinds, command: Command | None, at: datetime) -> bytes:
    """`at`: the instant at which it is printed."""
    return PAGE.render(facts(whistle, kinds), command=command, printed=in_beijing(at)).encode()


def facts(whistle: WhistleView, kinds: Kinds) -> dict[str, Any]:
    return {
        "number": whistle.number,
        "kind": word(whistle.kind, CHINESE),
        "level": word(whistle.level, CHINESE),
        "void": VOID.get(whistle.status),
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
                power=POWERS.get(kind, "—") if kind else "—",
                arrive_by=in_beijing(summons.arrive_due_at),
                actions=[item.action for item in summons.actions],
            )
