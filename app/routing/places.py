"""Where in a text the place is named: after what is said before it, and before building and room.

`北京市朝阳区望京西园三区308楼2单元` names the place 望京西园3区, with the number 308. What stands
behind the first number with a unit (building, unit, floor, room) is nobody's business here: it is
neither compared nor remembered.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.routing.names import Find, Kind
from app.routing.text import BREAK

UNIT = re.compile(
    r"[甲乙丙丁]?(?:[0-9]+|(?<![A-Z0-9])[A-Z](?![A-Z]))[0-9A-Z\-~#]*[甲乙丙丁]?"
    r"(?:号院|号楼|号门|号|楼|栋|幢|座|单元|门|层|室|房|排|户|院|塔|#|$|(?=\|))"
)
NUMBERED = re.compile(r"[甲乙丙丁]?([0-9]+)")
TAIL = re.compile(
    r"(?:这边|那边|附近|旁边|对面|门口|门前|门外|楼下|楼上|楼前|楼后|周边|周围|一带|里面|外面|院内|院里|"
    r"内部|底商|地下|地库|车库|停车场|便道|所在|有人|有个|有一|总是|一直|经常|每天|长期|多次|夜间|晚上|"
    r"凌晨|半夜|早上|白天|昨天|今天|最近|目前|现在|没有|无人|不通|不亮|堵|漏|噪声|噪音|扰民|油烟|垃圾|"
    r"施工|违建|占道|停水|停电|暖气|供暖|燃气|物业|居民|邻居|家里|业主|路灯|井盖|异味|臭味|污水|积水).*"
)
LEAD = re.compile(
    r"(?:您好|你好|喂|请问|麻烦|帮忙|我们|我是|我家|我住|我想|我要|我在|我|本人|家住|住在|住|来电人|"
    r"市民|居民|诉求人|来电|反映一下|反映|反应|投诉|举报|咨询|求助|建议|希望|关于|地址是|地址为|地址|"
    r"地点是|地点|位置|位于|坐落|就在|在|是|到|的|从|想|要|一下|这里|这边|那边|说|有|于|:)+"
)
HOME = re.compile(r"(?:我家|家住|住在|我住|本人住|我是|居住)")
ROAD = re.compile(r"(?:路|街|胡同|巷|条|道|弄|桥)[东西南北中]?[0-9]*(?:段|里)?$")
SHORTEST = 2
ADMIN = {Kind.CITY, Kind.DISTRICT, Kind.STREET}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place named in a reading at `text[start:end]`; `number` is its first house number, if any."""

    start: int
    end: int
    name: str
    number: int | None
    road: bool
    home: bool
    anchored: bool


def spots(text: str, finds: Sequence[Find]) -> list[Spot]:
    """The places of a text, clause by clause."""
    admin = [f for f in finds if any(m.kind in ADMIN for m in f.meanings)]
    found: list[Spot] = []
    start = 0
    for clause in text.split(BREAK):
        found += clause_spots(text, start, start + len(clause), admin)
        start += len(clause) + 1
    return found


def clause_spots(text: str, start: int, end: int, admin: Sequence[Find]) -> Iterator[Spot]:
    inside = [find for find in admin if start <= find.start and find.end <= end]
    home = bool(HOME.search(text, start, inside[0].start if inside else end))
    begin = max((find.end for find in inside), default=start)
    if not inside and (lead := LEAD.match(text, begin, end)):
        begin = lead.end()
    spot = cut(text, begin, end, home, bool(inside))
    if len(spot.name) >= SHORTEST:
        yield spot


def cut(text: str, start: int, end: int, home: bool, anchored: bool) -> Spot:
    """From the place's first character to its last that tells where."""
    stop = end
    if found := UNIT.search(text, start + SHORTEST, end):
        stop = found.start()
    number = NUMBERED.match(text, stop, end) if stop < end else None
    if tail := TAIL.search(text, start + SHORTEST, stop):
        stop, number = tail.start(), None
    name = text[start:stop].rstrip("-~#_第")
    road = number is not None and bool(ROAD.search(name))
    return Spot(start, stop, name, int(number[1][:6]) if number else None, road, home, anchored)
