"""An operator's morning: calls in callers' own words, told end to end, and what each becomes.

The calls come one after another on one morning, so that a later one meets the tickets of earlier
ones. After them nothing waits that is in nobody's hands.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI

from app.sweep import sweep
from app.tickets.life.lifecycle import OPEN
from tests.aids import given
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock

XIYUAN = "朝阳区望京街道望京西园三区308楼"
NANHU = "朝阳区望京街道南湖东园二区"
LI, WANG, ZHAO, QIAN = ("13800000001", "13800000002", "13800000003", "13800000004")

Members = dict[str, Any]


@dataclass
class Call:
    """What a caller says, what the operator sends, and what of the answer is expected."""

    title: str
    content: str
    sent: Members
    becomes: Members
    status: int = 201
    why: list[str] = field(default_factory=list)
    """The reasons of the related tickets, in order."""


def at(place: str, **more: Any) -> Members:
    return {"address": {"text": place}, **more}


def by(phone: str | None, name: str | None = None, **more: Any) -> Members:
    return {"citizen": {"name": name, "phone": phone, **more}}


def accepts(outcome: str, **more: Any) -> Members:
    return {"acceptance": {"outcome": outcome, **more}}


NOBODY: Members = {"office": None, "dispatched_at": None}
TO_WANGJING: Members = {"status": "dispatched", "office": WANGJING}

CALLS: dict[str, Call] = {
    "gas, without a category": Call(
        "楼道里有煤气味",
        "一进楼道就闻到很浓的煤气味，头都晕了，快来人。",
        {"type": "help", **at(XIYUAN), **by(LI, "李女士")},
        {**TO_WANGJING, "urgency": "L1", "suggested": "020401", "tell": ["119"]},
    ),
    "a fire": Call(
        "着火了",
        "三楼着火了，还有人没出来！",
        {
            "type": "help",
            **accepts("transfer", service="119", text="三楼起火，有人被困，已三方通话。"),
            **by(WANG),
        },
        {"status": "transferred", **NOBODY, "urgency": "L1", "tell": []},
    ),
    "people in a lift": Call(
        "电梯困人",
        "我跟孩子被困在电梯里，按铃没人应。",
        {"type": "help", **at(NANHU), **by(ZHAO)},
        {**TO_WANGJING, "urgency": "L1", "suggested": "030101", "tell": ["119"]},
    ),
    "the gas again, in other words": Call(
        "怎么还没人来",
        "刚才打过电话的，味道越来越大了。",
        {"type": "help", **at(XIYUAN), **by(LI, "李女士")},
        {**TO_WANGJING},
        why=["both"],
    ),
    "a manhole without its cover": Call(
        "井盖没了",
        "路中间的井盖不见了，晚上看不见，已经有人骑车摔了。",
        {"type": "complaint", **at(NANHU), **by(QIAN)},
        {**TO_WANGJING, "urgency": "L1", "suggested": "090201"},
        why=["place"],
    ),
    "a leak that was mended": Call(
        "漏水赔偿",
        "昨天楼上漏水已修好，想让物业赔墙面。",
        {"type": "complaint", **at(XIYUAN), **by("13800000011")},
        {**TO_WANGJING, "urgency": "L3", "tell": []},
        why=["place", "place"],
    ),
    "a fire lane that is parked on": Call(
        "消防通道被占",
        "小区的消防通道天天停满车，万一着火怎么办。",
        {"type": "complaint", **at(NANHU), **by("13800000012")},
        {**TO_WANGJING, "urgency": "L3", "tell": []},
        why=["place", "place"],
    ),
    "a car accident": Call(
        "两车追尾",
        "广顺北大街两辆车追尾，人没事，堵住路了。",
        {
            "type": "help",
            **accepts("transfer", service="122", text="已转122。"),
            **by("13800000013"),
        },
        {"status": "transferred", **NOBODY},
    ),
    "someone on a roof": Call(
        "有人要轻生",
        "楼顶上坐着一个人，说不想活了，要跳下去。",
        {"type": "help", **at(XIYUAN), **by("13800000014")},
        {**TO_WANGJING, "urgency": "L1"},
        why=["place", "place", "place"],
    ),
    "opening hours": Call(
        "周六办不办公",
        "我想问一下政务大厅周六上不上班。",
        {"type": "consult", **accepts("answer", text="周六上午九点到十二点办理。"), **by(None)},
        {"status": "answered", **NOBODY},
    ),
    "a question for somebody else": Call(
        "公租房怎么排队",
        "我条件够不够，什么材料，在哪个窗口交？",
        {"type": "consult", **by("13800000015")},
        {"status": "received", **NOBODY, "address": ""},
    ),
    "thanks": Call(
        "表扬社区",
        "居委会的同志大半夜帮我妈找药，谢谢他们。",
        {"type": "praise", **accepts("answer", text="已转达。"), **by("13800000016", "周先生")},
        {"status": "answered", **NOBODY, "suggested": None},
    ),
    "thanks to firemen": Call(
        "表扬消防员",
        "昨晚我家着火，消防员十分钟就到了，特别感谢。",
        {"type": "praise", **accepts("answer", text="已转达。"), **by("13800000017")},
        {"status": "answered", "urgency": "L3", "tell": []},
    ),
    "another city": Call(
        "燕郊停水",
        "我在河北燕郊，停水三天了。",
        {
            "type": "help",
            **accepts("decline", reason_code="na_out_of_area", text="请拨打当地12345。"),
            **by("13800000018"),
        },
        {"status": "not_accepted", **NOBODY},
    ),
    "a judgment": Call(
        "不服判决",
        "法院判得不对，你们给我改过来。",
        {
            "type": "complaint",
            **accepts("decline", reason_code="na_legal_route", text="可在上诉期内上诉。"),
            **by("13800000019"),
        },
        {"status": "not_accepted", **NOBODY},
    ),
    "insults": Call(
        "骂人",
        "你们都是废物，我天天打。",
        {
            "type": "complaint",
            **accepts("decline", reason_code="na_malicious", text="请文明用语。"),
            **by("13800000020"),
        },
        {"type": "/problems/not-your-part"},
        status=403,
    ),
    "insults, held for a supervisor": Call(
        "骂人",
        "你们都是废物，我天天打。",
        {"type": "complaint", **at(NANHU), **accepts("hold"), **by("13800000020")},
        {"status": "received", **NOBODY},
        why=["place", "place", "place"],
    ),
    "a newspaper": Call(
        "晚报：西园三区无障碍坡道断头",
        "报道称坡道修到一半停工半年，轮椅上不去。",
        {
            "type": "complaint",
            "channel": "media",
            **at(XIYUAN),
            "source": {"outlet": "北京晚报", "url": "https://example.org/ramp"},
        },
        {**TO_WANGJING, "outlet": "北京晚报"},
        why=["place"] * 4,
    ),
    "a post": Call(
        "微博：南湖东园垃圾成山",
        "网友发帖称楼下垃圾三天没清运。",
        {
            "type": "complaint",
            "channel": "opinion",
            **at(NANHU),
            "source": {"url": "https://example.org/post/1", "published_at": "2026-10-20T01:00:00Z"},
        },
        {**TO_WANGJING, "outlet": None},
        why=["place"] * 4,
    ),
    "still talking": Call(
        "说不清楚",
        "那个……就是那边的事，我再想想。",
        {"type": "help", **at("朝阳区望京街道"), **accepts("hold"), **by("13800000021")},
        {"status": "received", **NOBODY},
    ),
    "nowhere": Call(
        "我家没电",
        "我家停电了，就我家，你们快来。",
        {"type": "help", "urgency": "L3", **at("我家"), **by("13800000022")},
        {"status": "need_info", **NOBODY},
    ),
    "noise at night": Call(
        "夜里施工",
        "旁边工地夜里十二点还在打桩，老人睡不着。",
        {"type": "complaint", "category": "0701", **at(XIYUAN), **by("13800000023", "孙涛")},
        {**TO_WANGJING, "urgency": "L3"},
        why=["place"] * 5,
    ),
    "the same noise, told again": Call(
        "又施工",
        "昨晚又打桩了，管不管？",
        {"type": "complaint", "category": "0701", **at(XIYUAN), **by("13800000023", "孙先生")},
        {"duplicate_of_open": True, "urged": 1},
        status=200,
        why=["place"] * 5,
    ),
    "the same noise, in other words": Call(
        "没法睡觉",
        "孩子明年高考，半夜轰隆隆的，谁批的？",
        {"type": "complaint", **at(XIYUAN), **by("138 0000 0023", "孙涛")},
        {**TO_WANGJING},
        why=["both"] + ["place"] * 5,
    ),
    "the neighbour's noise": Call(
        "工地扰民",
        "三区旁边的工地半夜干活。",
        {"type": "complaint", "category": "0701", **at(XIYUAN), **by("13800000024", "吴敏")},
        {**TO_WANGJING},
        why=["place"] * 7,
    ),
    "an employee who is afraid": Call(
        "饭馆用地沟油",
        "我是后厨的陈小明，电话一三八零零零零零零二五，别让老板知道是我说的。",
        {
            "type": "report",
            **at(XIYUAN),
            **by("13800000025", "陈小明", confidential=True),
        },
        {"status": "dispatched", "warnings": ["name", "telephone"]},
    ),
    "nobody's name": Call(
        "楼下赌博",
        "有人聚众打麻将赌钱，我不留名字。",
        {"type": "complaint", **at(NANHU), "citizen": {"anonymous": True}},
        {**TO_WANGJING},
        why=["place"] * 5,
    ),
    "in English": Call(
        "No hot water",
        "There has been no hot water in my flat for two days.",
        {
            "type": "help",
            **at(NANHU),
            **by(
                "13800000026",
                "Ann Lee",
                language="en",
                callback_phone="010-65123456",
                callback_after="2026-10-20T18:00:00+08:00",
            ),
        },
        {**TO_WANGJING, "language": "en", "callback_phone": "010-65123456"},
        why=["place"] * 6,
    ),
    "a false number": Call(
        "路灯不亮",
        "楼下两盏路灯坏了。",
        {"type": "help", **at(NANHU), **by("123ab")},
        {"type": "/problems/invalid", "pointer": "/citizen/phone"},
        status=422,
    ),
    "the number put right": Call(
        "路灯不亮",
        "楼下两盏路灯坏了。",
        {"type": "help", **at(NANHU), **by("１３８ ０００ ０００２７")},
        {**TO_WANGJING, "suggested": "020801", "phone": "13800000027"},
        why=["place"] * 7,
    ),
    "wages": Call(
        "老板不发工资",
        "干了三个月一分没给，二十多个人。",
        {"type": "complaint", "category": "130101", **at(NANHU), **by("13800000028")},
        {"status": "dispatched", "department": True},
        why=["place"] * 8,
    ),
    "a cold flat": Call(
        "暖气不热",
        "屋里才十四度，孩子都感冒了。",
        {"type": "complaint", "category": "0201", **at(XIYUAN), **by("13800000029")},
        {"status": "dispatched", "urgency": "L2"},
        why=["place"] * 8,
    ),
    "another hotline's case": Call(
        "烧烤油烟",
        "楼下烧烤店油烟直接往窗户里灌。",
        {"type": "complaint", "line": "12369", **at(XIYUAN), **by("13800000030")},
        {**TO_WANGJING, "line": "12369"},
        why=["place"] * 9,
    ),
    "handed over by the police": Call(
        "邻居吵架",
        "110转来：楼上楼下为漏水争吵，没有动手。",
        {"type": "help", "channel": "p110", "line": "110", **at(NANHU), **by("13800000031")},
        {**TO_WANGJING, "line": "110"},
        why=["place"] * 9,
    ),
    "from above": Call(
        "市领导批示件",
        "请核实南湖东园加装电梯进展。",
        {"type": "suggest", "channel": "superior", **at(NANHU)},
        {**TO_WANGJING},
        why=["place"] * 10,
    ),
    "a patrol": Call(
        "网格员上报树枝断落",
        "断枝压在便道上，行人绕行。",
        {
            "type": "help",
            "channel": "patrol",
            "address": {"text": "朝阳区望京街道阜荣街路口", "lon": 116.47, "lat": 39.9955},
        },
        {**TO_WANGJING},
    ),
    "two districts": Call(
        "说错了区",
        "海淀区望京西园三区的树该剪了。",
        {"type": "help", **at("海淀区朝阳区望京西园三区"), **by("13800000032")},
        {"status": "to_dispatch", **NOBODY},
        why=["place"] * 10,
    ),
    "a district and no street": Call(
        "不知道哪个街道",
        "朝阳区一个公园的厕所没有纸。",
        {"type": "suggest", **at("朝阳区"), **by("13800000033")},
        {"status": "to_dispatch", **NOBODY},
    ),
    "pressed twice": Call(
        "共享单车乱停",
        "地铁口全是单车，走不了路。",
        {"type": "complaint", **at(NANHU), **by("13800000034")},
        {**TO_WANGJING},
        why=["place"] * 10,
    ),
}


def body_of(call: Call) -> Members:
    return {"channel": "phone", "title": call.title, "content": call.content, **call.sent}


def seen(answer: Members) -> Members:
    """What the table compares, flat."""
    office, source = answer.get("office") or {"code": None}, answer.get("source") or {}
    suggested = answer.get("suggested") or {}
    return {
        **answer,
        **(answer.get("citizen") or {}),
        "office": office["code"],
        "department": not (office["code"] or "0").isdigit(),
        "address": (answer.get("address") or {}).get("text"),
        "outlet": source.get("outlet"),
        "suggested": suggested.get("category"),
        "warnings": sorted({warning["kind"] for warning in answer.get("warnings", ())}),
        "pointer": next((fault["pointer"] for fault in answer.get("errors", ())), None),
    }


class Morning:
    def __init__(self, people: People, app: FastAPI, clock: StillClock) -> None:
        self.people, self.app, self.clock = people, app, clock
        self.numbers: dict[str, str] = {}

    def take(self, name: str) -> str | None:
        """The fault of a call's answer, if there is one."""
        call = CALLS[name]
        self.clock.tick(seconds=20)
        answer = self.people.operator.post(
            "/tickets", body_of(call), {"Idempotency-Key": name[:40]}
        )
        if answer.status_code != call.status:
            return f"{name}: {answer.status_code} {answer.text[:300]}"
        shown = seen(answer.json())
        self.numbers[name] = shown.get("number", "")
        unlike = {
            key: shown.get(key) for key, value in call.becomes.items() if shown.get(key) != value
        }
        why = [row["why"] for row in shown.get("related", ())]
        return f"{name}: {unlike} {why}" if unlike or why != call.why else None

    def swept(self) -> None:
        while sweep(self.app.state.sessions, self.app.state.city, self.app.state.clock):
            pass

    def in_nobodys_hands(self) -> list[str]:
        """Open tickets for which no office, no district and no due change is waited for."""
        with self.app.state.engine.connect() as connection:
            statuses = ", ".join(f"'{status}'" for status in OPEN)
            return list(
                connection.exec_driver_sql(
                    f"SELECT number || ' ' || status FROM ticket WHERE status IN ({statuses})"
                    " AND waits_for IS NULL AND asked_of IS NULL AND next_due_at IS NULL"
                ).scalars()
            )

    def shown(self, name: str) -> Members:
        return dict(self.people.supervisor.get(f"/tickets/{self.numbers[name]}").json())


@pytest.fixture
def morning(people: People, app: FastAPI, clock: StillClock) -> Morning:
    morning = Morning(people, app, clock)
    faults = [fault for name in CALLS if (fault := morning.take(name))]
    assert not faults, "\n".join(faults)
    return morning


def test_each_call_becomes_what_it_must(morning: Morning) -> None:
    """The fixture has taken them."""
    assert len(morning.numbers) == len(CALLS) >= 36


def test_the_desks_go_on_with_what_was_begun_and_nothing_is_in_nobodys_hands(
    morning: Morning, people: People, clock: StillClock
) -> None:
    numbers = morning.numbers
    people.operator.does("hand-on", numbers["gas, without a category"], service="119", text="漏气")
    insults = numbers["insults, held for a supervisor"]
    declined = people.supervisor.does("decline", insults, **given.BODIES["decline"])
    answered = people.operator.does("answer", numbers["a question for somebody else"], text="甲窗")
    placed = people.operator.does("add", numbers["nowhere"], address={"text": NANHU})
    statuses = [ticket["status"] for ticket in (declined, answered, placed)]
    assert statuses == ["not_accepted", "answered", "dispatched"]

    key = {"Idempotency-Key": "pressed twice"}
    again = people.operator.post("/tickets", body_of(CALLS["pressed twice"]), key)
    assert again.json()["number"] == numbers["pressed twice"]

    clock.tick(minutes=16)
    morning.swept()
    assert morning.shown("still talking")["office"]["code"] == WANGJING
    assert morning.shown("a district and no street")["status"] == "to_dispatch"
    assert morning.in_nobodys_hands() == []


def test_one_persons_wordings_and_a_neighbours_same_matter_are_proposed(
    morning: Morning, people: People
) -> None:
    items = people.dispatcher.get("/merges/proposals").json()["items"]
    pairs = {
        (item["ticket"]["number"], item["parent"]["number"]): item["same_citizen"] for item in items
    }
    numbers = morning.numbers
    gas, same_gas = numbers["gas, without a category"], numbers["the gas again, in other words"]
    noise = numbers["noise at night"]
    assert pairs == {
        (same_gas, gas): True,
        (numbers["the same noise, in other words"], noise): True,
        (numbers["the neighbour's noise"], noise): False,
    }

    people.dispatcher.does("merge", same_gas, parent_number=gas)
    [member] = people.street().get(f"/tickets/{gas}/members").json()
    assert member["same_citizen"] is True


def test_who_is_afraid_is_not_found_out(morning: Morning, people: People) -> None:
    number = morning.numbers["an employee who is afraid"]
    office = morning.shown("an employee who is afraid")["office"]["code"]
    for path in (f"/tickets/{number}", f"/tickets/{number}/events", "/tickets", "/inbox", "/feed"):
        text = people.street(office).get(path).text
        assert "陈小明" not in text
        assert "零零零" not in text
    assert (
        people.street(office).post(f"/tickets/{number}/reveal", {"reason": "核实"}).status_code
        == 409
    )
