"""Requests of the imagined citizens: matters, times, and wordings of the place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from app.kit.workdays import ONE_DAY, day_of, is_workday, midnight
from app.offices.catalogue import Catalogue, CategoryEntry, Mark, Urgency
from app.simulate.city import Home, LivedCity
from app.tickets.intake.forms import NewCitizen, NewTicket, Place
from app.tickets.life.lifecycle import Channel, TicketType
from app.tickets.life.sources import PUBLIC

TYPES = {
    TicketType.COMPLAINT: 37,
    TicketType.HELP: 30,
    TicketType.REPORT: 7,
    TicketType.SUGGEST: 5,
    TicketType.CONSULT: 19,
    TicketType.PRAISE: 2,
}
"""Of 100 tickets; most enquiries (58.5 % of calls [B.4]) end in the call, without a ticket."""

CHANNELS = {
    Channel.PHONE: 845,
    Channel.WECHAT: 45,
    Channel.APP: 25,
    Channel.WEB: 15,
    Channel.WEIBO: 8,
    Channel.MEDIA: 8,
    Channel.OPINION: 6,
    Channel.P110: 20,
    Channel.SUPERIOR: 10,
    Channel.PATROL: 18,
}
"""Nine in ten by phone or over it [B.4, 2020: 90.71 %]."""

CLASSES = {
    "01": 98,
    "02": 65,
    "03": 110,
    "04": 90,
    "05": 47,
    "06": 110,
    "07": 70,
    "08": 20,
    "09": 30,
    "10": 12,
    "11": 25,
    "12": 35,
    "13": 36,
    "14": 20,
    "15": 47,
    "16": 8,
    "17": 12,
    "18": 12,
    "19": 12,
    "20": 15,
}
"""First-level classes after B45's ten greatest of 2020, without the pandemic's; 住房, 施工/违建 and
市容 are raised: the first years' circulars of streets were about them."""

URGENT = {Urgency.L1: 0.08, Urgency.L2: 0.4, Urgency.L3: 1.0, Urgency.L4: 1.0}
"""The weight of a level's matters within their class."""

NO_CATEGORY = 0.12
HOURS = (8, 5, 3, 2, 2, 4, 12, 30, 62, 84, 88, 72, 48, 54, 74, 80, 76, 66, 52, 46, 42, 36, 26, 15)
DAY_OFF = 0.72
STORM = 3.5
"""A storm day has so many times the requests of another day, most about the rain [B42]."""

ABOUT_RAIN = 0.65
GATHERED = 0.03
"""Share of requests about a flood or outage of many citizens. Plausible, and ours."""

CALLERS = 5
"""The mean number of those citizens."""

GATHERS_IN = timedelta(hours=8)
ANONYMOUS = 0.015
CONFIDENTIAL = 0.02
LEAF = 3  # the level of a category without subcategories
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林高罗"
TELLS = (
    "希望尽快处理。",
    "多次联系物业没有结果，请相关部门核实解决。",
    "已持续一段时间，影响周边居民生活。",
    "请帮忙协调并给予答复。",
    "之前反映过，问题又出现了。",
    "希望有关部门到现场看一看。",
)

T = TypeVar("T")

PLAIN = {
    "{district}{street}{place}{building}": 34,
    "{district}{place}{building}": 22,
    "北京市{district}{street}{place}": 12,
    "{street}{place}{building}": 12,
    "{district}{street}": 8,
    "{place}{building}": 6,
}
"""Wordings of a place."""

VAGUE = {"{district}某小区门口": 4, "我家楼下": 2}
"""Wordings that a person must look at, or ask about."""

VAGUELY = 0.06


@dataclass(frozen=True, slots=True)
class Gathering:
    """A whole estate's matter: a flood on a storm day, else no water or no power."""

    seq: int
    at: datetime
    home: Home
    matter: CategoryEntry


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on its way in; `chance` goes on with its life."""

    seq: int
    at: datetime
    new: NewTicket
    home: Home
    chance: Random
    gathering: int | None = None
    """The number of its Gathering."""

    call: int = 1
    """The number of this call among its citizen's calls about the matter."""


@dataclass(frozen=True, slots=True)
class Season:
    """The days, the storm days among them, and how busy each is (summed up)."""

    days: Sequence[date]
    storms: frozenset[date]
    busy: Sequence[float]

    def instant(self, chance: Random) -> datetime:
        (day,) = chance.choices(self.days, cum_weights=self.busy)
        (hour,) = chance.choices(range(24), HOURS)
        return midnight(day) + timedelta(hours=hour, seconds=chance.random() * 3600)


def season(city: LivedCity, first: date, end: date) -> Season:
    """The days from `first` up to, without, `end`."""
    chance = city.chance("storms")
    days = [first + ONE_DAY * n for n in range((end - first).days)]
    storms = frozenset(chance.sample(days, min(chance.randint(1, 2), len(days))))
    busy = [(1 if is_workday(day) else DAY_OFF) * (STORM if day in storms else 1) for day in days]
    return Season(days, storms, list(accumulate(busy)))


@dataclass(frozen=True, slots=True)
class Matters:
    """The matters of requests, by their weights."""

    usual: dict[CategoryEntry, float]
    rain: dict[CategoryEntry, float]
    outage: dict[CategoryEntry, float]

    def common(self, chance: Random, storm: bool) -> CategoryEntry:
        """A matter of many citizens at once."""
        return drawn(chance, self.rain if storm else self.outage)

    def draw(self, chance: Random, storm: bool) -> CategoryEntry | None:
        if storm and chance.random() < ABOUT_RAIN:
            return drawn(chance, self.rain)
        return None if chance.random() < NO_CATEGORY else drawn(chance, self.usual)


def matters(catalogue: Catalogue) -> Matters:
    """Third-level categories; they share the weight of their first-level class."""
    leaves = [leaf for leaf in catalogue.categories.values() if leaf.level == LEAF]
    totals = Counter[str]()
    for leaf in leaves:
        totals[leaf.code[:2]] += round(100 * URGENT[leaf.urgency])
    return Matters(
        {
            leaf: CLASSES[leaf.code[:2]] * URGENT[leaf.urgency] / totals[leaf.code[:2]]
            for leaf in leaves
        },
        {leaf: URGENT[leaf.urgency] for leaf in leaves if Mark.SURGE in leaf.marks},
        {leaf: 1.0 for leaf in leaves if leaf.urgency is Urgency.L2 and not leaf.marks},
    )


def ask(city: LivedCity, catalogue: Catalogue, when: Season, number: int) -> list[Asked]:
    """A number of requests, in order of time."""
    what = matters(catalogue)
    share = min(GATHERED * city.eventful, 0.25)
    befalls = [
        gathering(city, what, when, seq) for seq in range(max(1, round(number * share / CALLERS)))
    ]
    made = (case(city, what, when, seq, befalls, share) for seq in range(number))
    return sorted(made, key=lambda asked: asked.at)


def gathering(city: LivedCity, what: Matters, when: Season, seq: int) -> Gathering:
    chance = city.chance("gathering", seq)
    at, home = when.instant(chance), city.home(chance)
    return Gathering(seq, at, home, what.common(chance, day_of(at) in when.storms))


def case(
    city: LivedCity,
    what: Matters,
    when: Season,
    seq: int,
    befalls: Sequence[Gathering],
    share: float,
) -> Asked:
    chance = city.chance("case", seq)
    if chance.random() < share:
        return called_too(chance, when, seq, chance.choice(befalls))
    at, home = when.instant(chance), city.home(chance)
    matter = what.draw(chance, day_of(at) in when.storms)
    forms = VAGUE if chance.random() < min(VAGUELY * city.eventful, 0.4) else PLAIN
    new = request(chance, matter, drawn(chance, TYPES), where(home, chance, forms))
    return Asked(seq, at, new, home, chance)


def called_too(chance: Random, when: Season, seq: int, befallen: Gathering) -> Asked:
    """A request of one of the many citizens who call about the same matter."""
    latest = midnight(when.days[-1] + ONE_DAY) - timedelta(seconds=1)
    at = min(befallen.at + GATHERS_IN * chance.betavariate(1, 2), latest)
    address = where(befallen.home, chance, PLAIN)
    new = request(chance, befallen.matter, TicketType.HELP, address)
    return Asked(seq, at, new, befallen.home, chance, befallen.seq)


def request(
    chance: Random, matter: CategoryEntry | None, kind: TicketType, address: str
) -> NewTicket:
    title = matter.name if matter else "其他诉求"
    channel = drawn(chance, CHANNELS)
    return NewTicket(
        channel=channel,
        type=kind,
        category=matter.code if matter else None,
        title=title,
        content=f"市民反映{title}问题，{chance.choice(TELLS)}",
        address=Place(text=address),
        citizen=citizen(chance, channel),
    )


def again(city: LivedCity, asked: Asked, at: datetime) -> Asked:
    """The same citizen's next call about the matter, in other words and with new chances."""
    call = asked.call + 1
    chance = city.chance("case", asked.seq, call)
    content = f"市民再次反映{asked.new.title}问题，{chance.choice(TELLS)}"
    new = asked.new.model_copy(update={"content": content})
    return replace(asked, at=at, new=new, chance=chance, gathering=None, call=call)


def citizen(chance: Random, channel: Channel) -> NewCitizen:
    """A name, and a number that no telephone in China can have; a public source names nobody."""
    if channel in PUBLIC:
        return NewCitizen()
    if chance.random() < ANONYMOUS:
        return NewCitizen(anonymous=True)
    return NewCitizen(
        name=chance.choice(SURNAMES) + chance.choice(["先生", "女士"]),
        phone=f"100{chance.randrange(10**8):08}",
        confidential=chance.random() < CONFIDENTIAL,
    )


def where(home: Home, chance: Random, forms: Mapping[str, float]) -> str:
    building = f"{chance.randint(1, 40)}号楼{chance.choice(['', '1单元', '2单元', '3单元'])}"
    return drawn(chance, forms).format(
        district=home.district, street=home.street.name, place=home.place, building=building
    )


def drawn(chance: Random, weights: Mapping[T, float]) -> T:
    (thing,) = chance.choices(list(weights), list(weights.values()))
    return thing
