"""Other cities: a place that begins with one of theirs is not Beijing's, whatever follows.

`广州市番禺区石楼镇` and `杭州余杭南苑街道` name streets that Beijing has, too. A full name (广州市)
decides wherever it stands before Beijing's own; a short one (广州) only at the head, and only where
a place of its own or a street follows: roads, hotels and estates in Beijing are named after cities.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.routing.reading.names import Find, Kind, kinds
from app.routing.reading.spots import LEAD
from app.routing.reading.text import BREAK, JOIN, read

FOREIGN = kinds(Kind.ELSEWHERE)
CITY = kinds(Kind.CITY)
STREET = kinds(Kind.STREET)
DISTRICTS = kinds(Kind.DISTRICT, Kind.SHORT_DISTRICT)
BEIJING = DISTRICTS | STREET | CITY
OWN = BEIJING | kinds(Kind.COMMUNITY, Kind.VILLAGE, Kind.STEM)

WIDEST = 12
"""Characters between a short name and Beijing's street behind it."""
SHORTEST = 2
CHAIN = 2
"""Short names one behind the other: 吉林长春, 广州天河."""

PERSONAL = re.compile("人|籍|牌|来京|在京|进京|务工|户口|公司|住|在|来自")
"""Behind another city's name: somebody or something from there is here."""
OF_A_CITY = re.compile("市[场民政]")
"""义乌市场 is no 义乌市."""
BUILT = re.compile(
    "路|街(?!道)|大道|巷|胡同|桥(?!区)|大厦|饭店|酒店|宾馆|公寓|会馆|商场|商城|超市|餐|菜|小吃|面馆|火锅|烤|银行|广场|"
    "办事处|小区|社区|家园|花园|嘉园|苑|(?<!城)里|庄|村|厂|学校|小学|中学|医院|公园|市场|楼|院|站|店|馆|号|期"
)
"""A road, a house, an estate or a shop in Beijing that has a city's name."""
CAPITAL = "北京"
CITY_ROAD = re.compile("[东西南北中]{0,2}(?:路|大?街|大道)")
"""北京路 is another city's road."""
SWALLOWED = re.compile("(?<![位落处属关对])于|从")
"""Words that lead in, with which names begin, too: 于都, 从化."""


class ForeignName(NamedTuple):
    """A province, city or county that is not Beijing's; `short` is empty where it has none."""

    name: str
    short: str
    is_county: bool


class Head(NamedTuple):
    """Short names at the head of a clause: the whole text of them, its end, and how many."""

    name: str
    end: int
    names: int


@dataclass(frozen=True, slots=True)
class Abroad:
    """The short names of other cities and counties, and their first characters: most places begin
    with none of these."""

    cities: frozenset[str]
    counties: frozenset[str]
    longest: int
    beginnings: frozenset[str]

    @classmethod
    def of(cls, names: Iterable[ForeignName]) -> "Abroad":
        known = [(read(name.short).text, name.is_county) for name in names if name.short]
        cities = frozenset(short for short, is_county in known if not is_county)
        counties = frozenset(short for short, _ in known) - cities
        shorts = cities | counties
        beginnings = frozenset(short[:SHORTEST] for short in shorts)
        return cls(cities, counties, max(map(len, shorts), default=0), beginnings)

    def place(self, text: str, at: int, divisions: Sequence[Find], finds: Sequence[Find]) -> str:
        """The other city in which the place at `at` lies by its clause; empty for Beijing."""
        if any(find.kinds & CITY and self.is_beijing(text, find) for find in divisions):
            return ""
        return (
            before_ours(text, divisions)
            or self.at_head(text, at, finds)
            or self.alone_before(text, at, finds)
        )

    def is_beijing(self, text: str, city: Find) -> bool:
        """Whether 北京 or 京 is the city itself, and neither begins a road's name nor 京山."""
        length = city.end - city.start
        if length == 1:
            return len(self.short(text, city.start)) <= length
        return length > len(CAPITAL) or CITY_ROAD.match(text, city.end) is None

    def alone_before(self, text: str, at: int, finds: Sequence[Find]) -> str:
        """The city that is all of the clause before the place's: 杭州市，石楼镇."""
        end = max(text.rfind(BREAK, 0, at), text.rfind(JOIN, 0, at))
        if end <= 0:
            return ""
        start = self.start_of(text, end)
        for find in finds:
            if find.kinds & FOREIGN and (find.start, find.end) == (start, end):
                return find.meanings[0].name
        head = self.head(text, start, finds)
        return head.name if head is not None and head.end == end else ""

    def start_of(self, text: str, at: int) -> int:
        """The beginning of what the clause before `at` names, behind the words that lead in."""
        begin = max(text.rfind(BREAK, 0, at), text.rfind(JOIN, 0, at)) + 1
        lead = LEAD.match(text, begin, max(at, begin))
        if lead is None:
            return begin
        last = lead.end() - 1
        return last if SWALLOWED.match(text, last) and self.short(text, last) else lead.end()

    def at_head(self, text: str, at: int, finds: Sequence[Find]) -> str:
        head = self.head(text, self.start_of(text, at), finds)
        if head is None:
            return ""
        behind = [find for find in finds if find.start >= head.end]
        ours = next((find for find in behind if find.kinds & (BEIJING | FOREIGN)), None)
        reach = head.end + WIDEST
        near = ours is not None and ours.start <= reach and is_beside(text, head.end, ours.start)
        between = text[head.end : ours.start if ours is not None and near else reach]
        if BUILT.search(between) or PERSONAL.search(between):
            return ""
        return head.name if near or head.names >= CHAIN else ""

    def head(self, text: str, start: int, finds: Sequence[Find]) -> Head | None:
        """The short names that stand at the head, one behind the other; the first is a city's, or
        stands alone."""
        names = list(self.chain(text, start, finds))
        if not names or is_ours(start, start + len(names[0]), finds):
            return None
        if names[0] in self.counties:
            names = names[:1]
        return Head("".join(names), start + len("".join(names)), len(names))

    def chain(self, text: str, start: int, finds: Sequence[Find]) -> Iterator[str]:
        """和平 in 和平里街道 is no county: our streets and districts are left whole."""
        whole = {find.start: find.end for find in finds if find.kinds & BEIJING}
        while (name := self.short(text, start)) and whole.get(start, 0) <= start + len(name):
            yield name
            start += len(name)

    def short(self, text: str, start: int) -> str:
        if text[start : start + SHORTEST] not in self.beginnings:
            return ""
        for length in range(self.longest, SHORTEST - 1, -1):
            name = text[start : start + length]
            if len(name) == length and (name in self.cities or name in self.counties):
                return name
        return ""


def is_ours(start: int, end: int, finds: Sequence[Find]) -> bool:
    """Whether Beijing's own name stands here: 河北镇, 朝阳."""
    here = [find for find in finds if find.start == start and find.kinds & OWN]
    return any(find.end > end or (find.end == end and find.kinds & BEIJING) for find in here)


def before_ours(text: str, divisions: Sequence[Find]) -> str:
    """A full name that stands before all of Beijing's."""
    others = [
        find
        for find in divisions
        if find.kinds & FOREIGN and not OF_A_CITY.match(text, find.end - 1)
    ]
    if not others:
        return ""
    ours = [find for find in divisions if find.kinds & BEIJING]
    if ours and ours[0].start < others[0].start:
        return ""
    if ours and PERSONAL.search(text[others[-1].end : ours[0].start]):
        return ""
    return others[0].meanings[0].name


def is_beside(text: str, end: int, start: int) -> bool:
    """Whether no clause ends between a name's end and the next name, or none but the name's."""
    return text.startswith(BREAK, end) or BREAK not in text[end:start]
