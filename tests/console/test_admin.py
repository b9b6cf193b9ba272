"""The administrator at his screen: keys, sessions, rules, the city's own data, health, exports."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page

from app.console.admin import health, rules
from app.offices.overlay_report import report
from tests.aids.given import ADMIN_KEY, WANGJING, People, Person
from tests.console.browsing.browser import Screens, grave, shoot
from tests.console.visitor import Visitor

PAGES = ("", "/keys", "/sessions", "/rules", "/data", "/health", "/exports", "/imports")


@pytest.fixture
def admin(people: People) -> Person:
    return Person(people.client, ADMIN_KEY)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_key_is_made_by_keyboard_alone_used_and_revoked(
    people: People, admin: Person, screens: Screens
) -> None:
    page = screens.open(admin, "/console/admin")
    page.locator("summary", has_text="新建密钥").focus()
    press(page, "Enter", "Tab")
    page.keyboard.type("望京街道 值班手机")
    press(page, "Tab")
    page.locator("[name=role]:focus").select_option("handler")
    press(page, "Tab")
    page.keyboard.type(WANGJING)
    page.locator("[name=label]").press("Enter")

    text = page.locator("#made").text_content() or ""
    assert grave(page) == []
    page.get_by_role("link", name="密钥", exact=True).click()
    assert page.get_by_text(text).count() == 0

    street = screens.open(Person(people.client, f"{text}"), "/console/")
    assert street.locator(".who", has_text="望京街道").count() == 1
    page.goto("/console/admin/sessions")
    assert page.locator("tr", has_text="值班手机").count() == 1
    page.goto("/console/admin/keys?q=值班手机")
    page.get_by_label("吊销“望京街道 值班手机”的密钥").press("Enter")
    page.get_by_role("button", name="吊销密钥").click()

    page.get_by_role("status").filter(has_text="密钥已吊销").wait_for()
    assert (
        people.client.get("/v1/inbox", headers={"Authorization": f"Bearer {text}"}).status_code
        == 401
    )
    street.goto("/console/")
    assert "/sign-in" in street.url


def test_every_page_is_accessible_on_a_telephone_in_either_language(
    admin: Person, screens: Screens
) -> None:
    for language, phone in (("zh-CN", False), ("en", True)):
        page = screens.open(admin, "/console/admin", language=language, phone=phone)
        for path in PAGES:
            page.goto(f"/console/admin{path}")
            assert grave(page) == [], path
            wide = page.evaluate("document.documentElement.scrollWidth > screen.width")
            assert not wide, (path, language)
            if not phone:
                shoot(page, f"admin{path.replace('/', '-')}")


def test_a_refused_key_keeps_what_was_typed(people: People, admin: Person) -> None:
    visitor = Visitor(people.client).signs_in(admin)
    page = visitor.get("/admin/keys")
    answer = visitor.fills_in(page, "/admin/keys", label="值班", role="handler")

    assert answer.status_code == 422
    assert 'value="值班"' in answer.text
    assert "office_code" in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_session_ends_at_once_when_the_administrator_ends_it(
    people: People, admin: Person
) -> None:
    visitor = Visitor(people.client).signs_in(admin)
    street = Visitor(people.client).signs_in(people.street())
    page = visitor.get("/admin/sessions")
    [action] = [part for part in page.text.split('"') if part.endswith("/end")]

    assert visitor.fills_in(page, action.removeprefix("/console")).status_code == 303
    assert "/sign-in" in street.get("/inbox").headers.get("location", "")
    assert visitor.get("/admin/keys").status_code == 200
    again = visitor.fills_in(page, action.removeprefix("/console"))
    assert (again.status_code, "没有这个会话" in again.text) == (404, True)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_sees_the_administration(people: People, path: str) -> None:
    assert Visitor(people.client).signs_in(people.operator).get(f"/admin{path}").status_code == 403


def test_health_tells_what_is_amiss(
    people: People, admin: Person, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = Visitor(people.client).signs_in(admin)
    monkeypatch.setattr(app.state.background, "succeeded", dict.fromkeys(names(app), 0.0))
    monkeypatch.setattr("app.kit.host.background.monotonic", lambda: 1e9)
    page = visitor.get("/admin/health")

    assert page.status_code == 200
    assert 'role="alert"' in page.text
    assert "执行到期事项" in page.text


def names(app: FastAPI) -> list[str]:
    return [act.name for act in app.state.background.acts]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": {"b": "4h"}}, {"a": {"b": "8h"}}, {"a.b": ("4h", "8h")}),
        ({"a": [1, 2]}, {"a": [1, 3]}, {"a": ("1、2", "1、3")}),
        ({"a": True}, {}, {"a": ("true", None)}),
        ({}, {"signals": {"every": "1h"}}, {"signals.every": (None, "1h")}),
    ],
)
def test_what_differs_between_two_documents(
    before: rules.Document, after: rules.Document, changed: dict[str, tuple[str, str]]
) -> None:
    rows = rules.differences(before, after)

    assert {row.key: (row.before, row.after) for row in rows if row.is_changed} == changed
    assert [row.key for row in rows if row.is_idle] == [k for k in changed if k[:7] == "signals"]


def test_an_overlays_rows_are_new_or_take_the_place_of_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "population.csv").write_text("code,population\n110105026,120000\n")
    (tmp_path / "districts.csv").write_text("code,name\n110105,朝阳\n119999,新区\n")
    (tmp_path / "synonyms.csv").write_text("a,b\n")

    files = {file.name: file for file in report(tmp_path)}

    assert [(row.key, row.title, row.shipped) for row in files["districts.csv"].rows] == [
        ("110105", "朝阳", "朝阳区"),
        ("119999", "新区", None),
    ]
    assert (files["districts.csv"].new, files["districts.csv"].in_place) == (1, False)
    assert files["population.csv"].rows[0].title == "120000"
    assert files["synonyms.csv"].in_place


def test_without_scripts_a_key_is_made_all_the_same(admin: Person, screens: Screens) -> None:
    page = screens.open(admin, "/console/admin/keys", scripts=False)
    page.locator("summary", has_text="新建密钥").click()
    page.locator("[name=label]").fill("<script>一号坐席</script>")
    page.locator("[name=role]").select_option("operator")
    page.get_by_role("button", name="新建密钥").click()

    assert len(page.locator("#made").text_content() or "") > 40
    assert page.get_by_text("<script>一号坐席</script>").first.is_visible()


def test_every_act_of_the_background_has_its_words(app: FastAPI) -> None:
    assert set(health.ACTS) == set(names(app))
