"""The street at its telephone and the department at its desk, by real clicks and by keys alone."""

import re

from playwright.sync_api import Geolocation, Page, expect

from tests.aids.given import WANGJING, People, ticket
from tests.console.browsing.browser import Screens, grave, shoot
from tests.whistles import blown

MARKET = "110105-market"
HERE: Geolocation = {"longitude": blown.NEAR["lon"], "latitude": blown.NEAR["lat"]}


def fits(page: Page) -> None:
    """Nothing lies beyond the side of the telephone."""
    assert page.evaluate("document.documentElement.scrollWidth <= screen.width")


def test_a_day_on_the_telephone(people: People, screens: Screens) -> None:
    first = ticket(people, title="电梯停运", content="三单元电梯今早停运，楼里有行动不便的老人。")
    phone = screens.open(people.street(), "/console/inbox", phone=True)
    second = ticket(people, title="楼前积水", urgency="L2")
    expect(phone.locator(f"#acknowledge-{second}")).to_be_visible()  # live, without a reload
    assert grave(phone) == []
    fits(phone)
    shoot(phone, "street-inbox")
    phone.locator(f"#acknowledge-{first}").tap()
    expect(phone.locator(".notice")).to_be_visible()
    phone.get_by_role("link", name="电梯停运").tap()
    phone.get_by_role("button", name=re.compile("查看电话")).tap()
    expect(phone.locator("a.call")).to_have_attribute("href", re.compile("^tel:139"))
    phone.locator(".contact form button").first.tap()
    expect(phone.locator(".badge.status")).to_have_text("办理中")
    note(phone)
    reply(phone)
    expect(phone.locator(".badge.status")).to_have_text("已反馈待审核")
    assert grave(phone) == []
    fits(phone)
    shoot(phone, "street-ticket", whole=False)


def note(phone: Page) -> None:
    """A note with a photo, after a file that is none was refused and nothing typed was lost."""
    form = phone.locator("form[action$='/note']")
    form.locator("xpath=..").locator("summary").tap()
    form.locator("textarea").fill("已到现场")
    form.locator("#photos").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": b"x"}
    )
    form.locator("button.primary").tap()
    expect(form.locator("[data-refused]")).to_contain_text("a.png")
    expect(form.locator("textarea")).to_have_value("已到现场")
    form.locator("#photos").set_input_files(
        {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": phone.screenshot(type="jpeg")}
    )
    form.locator("button.primary").tap()
    expect(phone.locator(".photos img")).to_have_count(1)


def reply(phone: Page) -> None:
    form = phone.locator("form[action$='/reply']")
    if not form.is_visible():
        form.locator("xpath=..").locator("summary").tap()
    form.locator("#reply-text").fill("电梯已恢复运行。")
    form.locator("#reply-citizen_feedback-method").select_option("call")
    form.locator("button.primary").tap()


def test_a_department_accepts_by_keys_alone(people: People, screens: Screens) -> None:
    page = screens.open(people("handler", MARKET), "/console/inbox")
    spot = {"text": "望京街与阜通东大街路口", "lon": 116.4806, "lat": 39.9958}
    body = {
        "kind": "enforcement",
        "matter": "占道无照经营反弹。",
        "why": "街道无治安处罚权。",
        "origin": "street",
        "place": spot,
        "summonses": [{"office_code": MARKET, "actions": ["查处无照经营"]}],
    }
    blown = people("chief", WANGJING).post("/whistles", body).json()["number"]
    link = page.get_by_role("link", name="占道无照经营反弹。")
    expect(link).to_be_visible()
    press_to(page, f"a[href$='{blown}']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(blown))
    press_to(page, "form[action$='/accept'] button")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_be_visible()
    assert grave(page) == []
    shoot(page, "department-whistle")


def press_to(page: Page, selector: str) -> None:
    """Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way by keys to {selector}")


def test_who_comes_to_a_whistle_reports_in_from_his_telephone(
    people: People, screens: Screens
) -> None:
    """The street's QR opens the page; without an account, and with the position (H3)."""
    number = blown.blow(people, MARKET)["number"]
    code = people.street().post(f"/whistles/{number}/codes").json()
    phone = screens.window(phone=True)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(HERE)
    phone.goto("/" + code["url"].split("/", 3)[3])
    expect(phone.locator("#lon")).to_have_value(f"{HERE['longitude']}")
    assert grave(phone) == []
    fits(phone)
    phone.locator("[name=person]").fill("王强")
    phone.locator("[name=duty]").fill("执法队长")
    phone.locator("button").tap()
    expect(phone.get_by_text("已报到")).to_be_visible()
    fits(phone)
    summons = blown.of(people.street().get(f"/whistles/{number}").json(), MARKET)
    [visit] = summons["attendance"]
    assert (summons["on_time"], visit["by_code"], visit["distance_m"]) == (True, True, 41)
