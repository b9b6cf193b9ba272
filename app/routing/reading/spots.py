"""Places in a text: behind the words that lead in, before building and room.

`北京市朝阳区望京西园三区308楼2单元` names the place 望京西园3区, with the number 308. The text
behind the first number with a unit (building, unit, floor, room) is private: it is neither compared
nor remembered.
"""

import re
import string
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter

from msgspec import Struct

from app.routing.reading.names import HEADS, LANDMARKS, PLACES, STEMS, Find, Kind, kinds
from app.routing.reading.text import BREAK, JOIN, LONGEST_PLACE

RUN = re.compile(r"[甲乙丙丁]?[0-9A-Z\-~#]++")
"""Characters of which a unit's number is made."""
FIRST = re.compile(r"[甲乙丙丁]?(?:[0-9]|(?<![A-Z0-9])[A-Z](?![A-Z]))")
"""How a unit begins. What follows the first beginning in a run would follow a later one, too."""
UNIT = re.compile(
    r"[甲乙丙丁]?(?:[0-9]++|(?<![A-Z0-9])[A-Z](?![A-Z]))[0-9A-Z\-~#]*[甲乙丙丁]?"
    r"(?:号院|号楼|号门|号|楼|栋|幢|座|单元|门|层|室|房|排|户|院|塔|#|$)"
)
NUMBERED = re.compile(r"[甲乙丙丁]?([0-9]+)")
TAIL = re.compile(
    "这边|那边|附近|旁边|对面|门口(?<!衙门口)|门前|门外(?<![安国文武胜直成阳兴便定渠平]门外)|楼下|楼上|楼前|楼后|周边|周围|一带|里面|外面|东北角|西北角|东南角|西南角|东侧|西侧|南侧|北侧|十字路口|交叉口|斜对过|对过|隔壁|边上|跟前|往[东西南北前后里]|向[东西南北]|出来|院内|院里|内部|"
    "底商|地下|地库|车库|停车|便道|所在|有人|有个|有1|总是|1直|经常|每天|长期|多次|夜间|晚上|凌晨|半夜|"
    "早上|白天|昨天|今天|最近|目前|现在|没有|无人|不通|不亮|堵|漏|噪声|噪音|扰民|油烟|垃圾|施工|违建|"
    "占道|停水|停电|暖气|供暖|燃气|物业|居民|邻居|家里|业主|路灯|井盖|异味|臭味|污水|积水"
)
"""Each begins with a character of its own: where all do, a search passes over the others."""
LEAD = re.compile(
    "(?:哦|噢|呃|嗯|那个|就是|应该是|您好|你好|喂|请问|麻烦|帮忙|我们|我是|我家|我住|我想|我要|我在|我|本人|家住|住在|住|来电人|"
    "市民|居民|诉求人|来电|反映1下|反映|反应|投诉|举报|咨询|求助|建议|希望|关于|地址是|地址为|地址|"
    "地点是|地点|位置|位于|坐落|就在|在|是|到|的|从|想|要|1下|这里|这边|那边|说|有|于|但是|但|现在|"
    "今天|昨天|最近|刚才|来到|中国|_|(?:爸妈|爸爸?|妈妈?|父母|父亲|母亲|爷爷|奶奶|姥爷|姥姥|公婆|老人|孩子|儿子|女儿|亲戚|"
    "朋友|同事)们?(?=家?[住在]))+"
)
BUILT = re.compile("楼|单元|栋|幢|座|层")
"""Behind a place's name they tell of a building: a village's land is built over."""
HOME = re.compile("我家|家住|住在|我住|本人住|我是|居住|户籍")
BARE_NUMBER = re.compile("[甲乙丙丁]?-?[0-9][0-9A-Z-]*$")
BARE = string.digits + string.ascii_uppercase + "-"
AREA = re.compile(
    "(?:地区)?(?:那边|那里|那儿|这边|这里|这儿|附近|1带|里头)的?(?:那个)?|的(?:那个)?"
)
THAT = "那个"
PART = re.compile(
    "(?:地铁站|站|校区|主?院区|医院|公园)?(?:[东西南北正侧旁]*(?:门|广场|[侧边面头角])|[A-H][0-9]?[东西南北]*(?:出入口|出口|口)|"
    "[东西南北]*(?:出入口|出口|入口|进口|口)|出站口|站台|站前|门诊|急诊|住院|[部楼处]|停车场|宿舍|家属院|院|内|里|上|下|外)*"
)
"""A part of a landmark."""
GOES_ON = re.compile(
    ".{0,3}(?:[0-9]|小区|社区|[区期园苑路街巷村院楼府城店桥]|公寓|胡同|大厦|广场|中心|学校|中学|小学)"
)
"""Behind a landmark's name it is another place's: 北京站街, 天通苑东三区."""
TURNING = re.compile("投诉|举报|反映|但是|可是")
TURN = re.compile(f"(?={TURNING.pattern})")
DIVIDING = re.compile(f"[{BREAK}{JOIN}投举反但可]")
"""A text without any of these names at most one place."""
ESTATE = re.compile("(?:社区|小区)$")
ROAD = re.compile("(?:路|街|胡同|巷|条|道|弄|桥)[东西南北中]?[0-9]*(?:段|里)?$")
SHORTEST = 2
WIDEST_GAP = 1
"""Characters that may stand between 北京市, the district and the street."""

START, END = attrgetter("start"), attrgetter("end")
CITY, DISTRICT = kinds(Kind.CITY), kinds(Kind.DISTRICT)
PROPER = kinds(Kind.DISTRICT, Kind.STREET, Kind.ELSEWHERE)


class Spot(Struct, gc=False):
    """A place named in a reading at `text[start:end]`.

    `number` is its first house number; with `home` the caller lives there, and the matter may be
    about another place; `divisions` are the finds of city, district and street in its clause; with
    `known` it contains the name of a community, village or landmark.
    """

    start: int
    end: int
    name: str
    number: int | None = None
    road: bool = False
    home: bool = False
    divisions: tuple[Find, ...] = ()
    known: bool = False


def spots(text: str, finds: Sequence[Find]) -> list[Spot]:
    """The places of a text, clause by clause; a bare district counts as a place."""
    if not DIVIDING.search(text):
        spot = read_part(text, 0, len(text), finds) if text else None
        return [spot] if spot else []
    places: list[Spot] = []
    start = 0
    for sentence in text.split(BREAK):
        for clause in TURN.split(sentence) if TURNING.search(sentence) else (sentence,):
            places += read_clause(clause, text, start, finds)
            start += len(clause)
        start += len(BREAK)
    return places


def read_clause(clause: str, text: str, start: int, finds: Sequence[Find]) -> Iterator[Spot]:
    """The places of a clause; if its first is the caller's home, the whole list is."""
    home = False
    for part in clause.split(JOIN):
        stop = start + len(part)
        inside = finds_between(finds, start, stop)
        if part and (spot := read_part(text, start, stop, inside)):
            spot.home = home = home or spot.home
            yield spot
        start = stop + len(JOIN)


def finds_between(finds: Sequence[Find], start: int, stop: int) -> list[Find]:
    """They stand in the order of their starts, and so of their ends."""
    first = bisect_left(finds, start, key=START)
    last = bisect_right(finds, stop, first, key=END)
    return list(finds[first:last])


def administrative(start: int, finds: Sequence[Find]) -> list[Find]:
    """The finds that name city, district or street; short names only where an address begins, and
    behind a district only the city's: 密云区西城根胡同 and 朝阳区京旺家园 begin a place."""
    divisions: list[Find] = []
    end, heads, shortest = start, HEADS, 1
    for find in finds:
        at_head = find.kinds & heads and find.start <= end and find.end - find.start >= shortest
        if find.kinds & PROPER or at_head:
            divisions.append(find)
            end = find.end
        if find.kinds & DISTRICT:
            heads, shortest = CITY, SHORTEST
    return divisions


def read_part(text: str, start: int, end: int, finds: Sequence[Find]) -> Spot | None:
    lead = LEAD.match(text, start, end)
    begin = led_to(lead.end(), finds) if lead else start
    divisions = administrative(begin, finds)
    before = divisions[0].start if divisions else end
    home = before > start and HOME.search(text, start, before) is not None
    if divisions:
        begin = behind(divisions)
        if end - begin < SHORTEST and divisions[0].start - start >= SHORTEST:
            begin, end = (led_to(lead.end(), finds) if lead else start), divisions[0].start
    begin = behind_area(text, begin, finds)
    spot = cut(text, begin, end_of_landmark(text, begin, end, finds))
    if not divisions and (UNIT.match(text, begin, end) or len(spot.name) < SHORTEST):
        return None
    spot.home, spot.divisions = home, tuple(divisions)
    spot.known = any(find.kinds & (PLACES | LANDMARKS) and find.start >= begin for find in finds)
    return spot


def led_to(begin: int, finds: Sequence[Find]) -> int:
    """Where the place begins behind the words that lead in; a name that begins with one of them
    (于家务) is whole."""
    swallowed = (find for find in finds if find.kinds & (PLACES | STEMS))
    return next((find.start for find in swallowed if find.start < begin < find.end), begin)


def behind_area(text: str, begin: int, finds: Sequence[Find]) -> int:
    """Where the place begins behind the area that it lies in: 良乡那边长阳半岛, 望京的西园四区,
    安乐林路那个定安里."""
    for find in finds:
        if find.kinds & PLACES and text.endswith(THAT, begin, find.start):
            return find.start
    area = next((find for find in finds if find.start == begin and find.kinds & STEMS), None)
    words = AREA.match(text, area.end) if area else None
    if words is None:
        return begin
    behind = [find for find in finds if find.kinds & (PLACES | LANDMARKS)]
    return words.end() if any(find.start >= words.end() for find in behind) else begin


def end_of_landmark(text: str, begin: int, end: int, finds: Sequence[Find]) -> int:
    """Where a landmark and its part end, before the story that follows: 北京站出站口|黑车拉客."""
    landmark = next((f for f in finds if f.start == begin and f.kinds & LANDMARKS), None)
    if landmark is None or GOES_ON.match(text, landmark.end, end):
        return end
    part = PART.match(text, landmark.end, end)
    return part.end() if part else landmark.end


def behind(divisions: Sequence[Find]) -> int:
    """The end of the finds that stand together: 北京市 · 朝阳区 · 望京街道."""
    end = divisions[0].end
    for find in divisions[1:]:
        if find.start - end <= WIDEST_GAP:
            end = max(end, find.end)
    return end


def cut(text: str, start: int, end: int) -> Spot:
    """The place from its first character to the last of its name or number."""
    unit = first_unit(text, start + SHORTEST, end)
    stop = unit.start() if unit else end
    number = NUMBERED.match(text, stop, end) if unit else None
    tail = TAIL.search(text, start + SHORTEST, stop)
    if tail:
        bare = bare_number(text, start + SHORTEST, tail.start())
        stop = bare.start() if bare else tail.start()
        number = NUMBERED.match(text, stop, end) if bare else None
    name = text[start:stop].rstrip("-~#_第")
    if len(name) > LONGEST_PLACE:
        return Spot(start, start, "")
    road = number is not None and bool(ROAD.search(name))
    return Spot(start, start + len(name), name, int(number[1][:6]) if number else None, road)


def first_unit(text: str, start: int, end: int) -> re.Match[str] | None:
    """The first building, unit, floor or room; each run of characters is looked through once."""
    for run in RUN.finditer(text, start, end):
        first = FIRST.search(text, run.start(), run.end())
        unit = first and UNIT.match(text, first.start(), end)
        if unit:
            return unit
    return None


def bare_number(text: str, start: int, end: int) -> re.Match[str] | None:
    """A number at the very end, without a unit."""
    begin = start + len(text[start:end].rstrip(BARE))
    return BARE_NUMBER.search(text, max(begin - 1, start), end)


def place_key(spot: Spot) -> str:
    """One way of writing a place: an estate without building and room, or a road and its number."""
    number = f"{spot.number}号" if spot.road and spot.number is not None else ""
    return ESTATE.sub("", spot.name) + number


def choose(places: Sequence[Spot]) -> Spot | None:
    """The place complained of: the first with a name or number, rather than the caller's home.

    A text with no such place has its first words as the place, or its bare district.
    """
    if len(places) == 1:
        return places[0]
    named = [spot for spot in places if spot.name]
    for tells in (names_elsewhere, is_numbered, names_something, is_elsewhere):
        for spot in named:
            if tells(spot):
                return spot
    return next(iter(named or places), None)


def names_something(spot: Spot) -> bool:
    return bool(spot.divisions) or spot.known


def names_elsewhere(spot: Spot) -> bool:
    return names_something(spot) and not spot.home


def is_numbered(spot: Spot) -> bool:
    return spot.number is not None and not spot.home


def is_elsewhere(spot: Spot) -> bool:
    return not spot.home
