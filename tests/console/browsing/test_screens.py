"""The desks' work in a browser: by their keys, by clicks, and live."""

from playwright.sync_api import Page, expect

from tests.aids import given, stages
from tests.aids.given import People
from tests.console.browsing.browser import Screens, chord, grave, shoot
from tests.console.desks.test_case import PNG


def type_in(desk: Page) -> None:
    expect(desk.locator("#phone")).to_be_focused()
    desk.keyboard.type("13800000000")
    chord(desk, "Alt+w")
    desk.keyboard.type("工地夜里十一点还在施工")
    chord(desk, "Alt+a")
    desk.keyboard.type("朝阳区望京西园三区308楼")


def test_a_call_by_keyboard_alone_reaches_the_street_at_once(
    people: People, screens: Screens
) -> None:
    """The operator never touches the mouse; the street's open list on a telephone shows it."""
    street = screens.open(people.street(), "/console/inbox", phone=True)
    expect(street.get_by_text("本单位没有待办事项")).to_be_visible()
    desk = screens.open(people.operator, "/console/call")
    type_in(desk)
    expect(desk.get_by_role("group", name="建议分类")).to_be_visible()
    expect(desk.locator("#place .goes strong")).to_have_text("望京街道")
    expect(desk.locator("#place mark").last).to_have_text("望京西园三区")
    assert grave(desk) == []
    shoot(desk, "operator")

    desk.reload()
    expect(desk.locator("#content")).to_have_value("工地夜里十一点还在施工")
    expect(desk.locator("#phone")).to_have_value("13800000000")

    chord(desk, "Alt+1")
    expect(desk.get_by_role("heading", name="请向来电人宣读")).to_be_visible()
    expect(desk.get_by_text("您的诉求由望京街道办理")).to_be_visible()
    assert grave(desk) == []
    expect(street.get_by_role("link", name="工地夜里十一点还在施工")).to_be_visible()
    assert grave(street) == []
    shoot(street, "street-tasks")
    chord(desk, "Alt+n")
    expect(desk.locator("#content")).to_have_value("")


def test_a_double_click_acts_once(people: People, screens: Screens) -> None:
    number = given.ticket(people)
    street = screens.open(people.street(), "/console/inbox")
    street.get_by_role("button", name="签收").dblclick()
    expect(street.get_by_text("已完成：签收")).to_be_visible()
    events = people.street().get(f"/tickets/{number}/events").json()
    assert [event["action"] for event in events].count("acknowledge") == 1


def test_a_dispatcher_works_his_queue_by_keyboard(people: People, screens: Screens) -> None:
    number = given.ticket(people, address={"text": "望京"})
    desk = screens.open(people.dispatcher, "/console/inbox")
    assert grave(desk) == []
    chord(desk, "Alt+n")
    expect(desk.get_by_role("heading", name="候选单位")).to_be_visible()
    assert grave(desk) == []
    shoot(desk, "dispatcher")
    chord(desk, "Alt+1")
    expect(desk.get_by_text("已完成：派单")).to_be_visible()
    assert people.dispatcher.get(f"/tickets/{number}").json()["status"] == "dispatched"


def test_a_callback_by_keyboard(people: People, screens: Screens) -> None:
    number = given.ticket(people, citizen={"name": "张三", "phone": "13800000000"})
    given.awaiting(people, number)
    desk = screens.open(people.callback, "/console/callbacks")
    desk.get_by_role("link", name="夜间施工噪声").press("Enter")
    expect(desk.get_by_role("heading", name="通话")).to_be_visible()
    chord(desk, "Alt+t")
    expect(desk.get_by_role("link", name="13800000000")).to_be_visible()
    for name, value in (
        ("reach", "reached"),
        ("contacted", "yes"),
        ("resolved", "resolved"),
        ("satisfied", "very"),
    ):
        desk.locator(f"[name={name}][value={value}]").press("Space")
    assert grave(desk) == []
    shoot(desk, "callback")
    chord(desk, "Alt+s")
    expect(desk.get_by_text("目前没有待回访的工单")).to_be_visible()
    assert people.callback.get(f"/tickets/{number}").json()["status"] == "closed"


def test_a_rank_is_opened_down_to_its_ticket(people: People, screens: Screens) -> None:
    number = given.ticket(people)
    given.awaiting(people, number)
    stages.called(people, number)
    board = screens.open(people("evaluator"), "/console/board?period=2026-11")
    assert grave(board) == []
    shoot(board, "board", whole=False)
    board.get_by_role("link", name="望京街道").press("Enter")
    board.get_by_role("link", name="应计").first.press("Enter")
    expect(board.get_by_role("link", name=number)).to_be_visible()
    board.goto("/console/board/charts?period=2026-11")
    expect(board.locator("#rates canvas")).to_be_visible()
    with board.expect_download() as saved:
        board.locator("[data-of=rates] [data-save=svg]").press("Enter")
    assert saved.value.suggested_filename == "图表·2026-11_各周期三率·街道（乡镇）.svg"
    assert grave(board) == []
    board.goto("/console/board/trial?period=2026-11")
    board.locator("[type=range]").first.press("ArrowRight")
    expect(board.locator("#w-response")).to_have_value("0.31")
    assert grave(board) == []
    board.goto("/console/wall")
    assert grave(board) == []
    shoot(board, "wall")


def test_a_district_reviews_by_keyboard_and_asks(people: People, screens: Screens) -> None:
    first, second = (given.ticket(people) for _ in range(2))
    for number in (first, second):
        given.replied(people, number)
    people.street().send(f"/tickets/{first}/attachments", PNG, {"Content-Type": "image/png"})
    desk = screens.open(people.district(), "/console/inbox")
    desk.locator(f"[href*='{first}']").press("Enter")
    expect(desk.locator(".photos img")).to_have_js_property("complete", True)
    assert grave(desk) == []
    shoot(desk, "decision")
    chord(desk, "Alt+a")
    desk.wait_for_url(f"**/decisions/{second}?kind=review&done=review")
    desk.locator("#review-text").press_sequentially("缺少照片。")
    desk.reload()
    expect(desk.locator("#review-text")).to_have_value("缺少照片。")
    chord(desk, "Alt+r")
    expect(desk.get_by_text("已完成：审核反馈")).to_be_visible()
    statuses = [
        people.supervisor.get(f"/tickets/{each}").json()["status"] for each in (first, second)
    ]
    assert statuses == ["awaiting_callback", "in_progress"]
    desk.goto("/console/registers/asked")
    assert grave(desk) == []
    phone = screens.open(people.district(), f"/console/decisions/{second}", phone=True)
    assert grave(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= screen.width")
