"""A whistle by its pages: blown for a ticket, reported in, fed back, released, verified, marked."""

from typing import Any

import pytest

from tests.aids.given import WANGJING, People, ticket
from tests.console.visitor import Visitor, alert

MARKET = "110105-market"
WHISTLE = {
    "kind": "enforcement",
    "origin": "ticket",
    "matter": "占道无照经营反弹。",
    "why": "街道无治安处罚权。",
    "place.text": "望京街与阜通东大街路口",
    "place.lon": "116.4806",
    "place.lat": "39.9958",
}


@pytest.fixture
def chief(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people("chief", WANGJING))


@pytest.fixture
def market(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people("handler", MARKET))


def blown(chief: Visitor, number: str, **typed: Any) -> str:
    """The path of a whistle for a ticket that calls the market's office."""
    page = chief.get(f"/whistles/new?ticket={number}")
    rows = {"office_code-9": MARKET, "actions-9": "查处无照经营\n登记商户", **typed}
    answer = chief.fills_in(page, "/whistles/new", **WHISTLE, **rows)
    assert answer.status_code == 303, alert(answer.text)
    return str(answer.headers["location"].removeprefix("/console").partition("?")[0])


def done(visitor: Visitor, whistle: str, action: str, **typed: str) -> None:
    answer = visitor.fills_in(visitor.get(whistle), f"{whistle}/{action}", **typed)
    assert answer.status_code == 303, alert(answer.text)


def test_a_whistle_from_call_to_mark(people: People, chief: Visitor, market: Visitor) -> None:
    number = ticket(people, title="底商占道经营")
    whistle = blown(chief, number)
    assert "底商占道经营" in chief.get(f"/whistles/new?ticket={number}").text
    assert whistle in chief.get("/whistles").text
    assert whistle in chief.get(f"/tickets/{number}").text
    assert whistle in market.get("/inbox").text
    done(market, whistle, f"{MARKET}/accept")
    shown = chief.fills_in(chief.get(whistle), f"{whistle}/codes")
    assert 'src="data:image/svg+xml;base64,' in shown.text
    code = shown.text.partition('<p class="call">')[2].partition("<")[0]
    done(market, whistle, f"{MARKET}/report-in", person="王强", duty="队长", code=code)
    fed_back = {"result-1": "查处三户。", "document-1": "88 号", "result-2": "已登记。"}
    page = market.get(whistle)
    answer = market.fills_in(page, f"{whistle}/{MARKET}/feed-back", **fed_back)
    assert answer.status_code == 422
    assert "查处三户。</textarea>" in answer.text
    done(market, whistle, f"{MARKET}/feed-back", **fed_back, **{"document-2": "89 号"})
    done(chief, whistle, f"{MARKET}/release", text="现场已清理。")
    done(chief, whistle, "verify", text="已清理。", evidence="照片 1\n照片 2")
    district = Visitor(people.client).signs_in(people.district())
    done(district, whistle, "settle", text="同意结项。")
    done(chief, whistle, f"{MARKET}/evaluate", effect="14", attitude="15")
    assert "已评分" in chief.get(whistle).text
    for words in ("查处三户。", "现场已清理。", "王强"):
        assert words in chief.get(whistle).text


def test_a_position_too_far_away_is_refused_and_stays_in_the_form(
    people: People, chief: Visitor, market: Visitor
) -> None:
    whistle = blown(chief, ticket(people))
    page = market.get(whistle)
    typed = {"person": "王强", "duty": "队长", "lon": "116.30", "lat": "39.90"}
    answer = market.fills_in(page, f"{whistle}/{MARKET}/report-in", **typed)
    assert answer.status_code == 422
    assert 'value="王强"' in answer.text
    done(market, whistle, f"{MARKET}/report-in", **{**typed, "lon": "116.4806", "lat": "39.9958"})


def test_a_refused_whistle_keeps_what_was_typed(people: People, chief: Visitor) -> None:
    page = chief.get("/whistles/new")
    rows = {"office_code-7": WANGJING, "actions-7": "到场"}
    answer = chief.fills_in(page, "/whistles/new", **{**WHISTLE, "matter": "占道 & 抗拒"}, **rows)
    assert answer.status_code == 422
    assert "占道 &amp; 抗拒</textarea>" in answer.text
    assert 'value="望京街道"' in answer.text


def test_a_handler_drafts_and_the_chief_blows(people: People, chief: Visitor) -> None:
    handler = Visitor(people.client).signs_in(people.street())
    whistle = blown(handler, ticket(people), draft="yes")
    assert "草稿" in handler.get(whistle).text
    done(chief, whistle, "blow")
    assert "已吹哨" in chief.get(whistle).text
    assert chief.get(f"{whistle}/order").status_code == 200


def test_a_department_sees_no_ticket_and_no_new_whistle(
    people: People, chief: Visitor, market: Visitor
) -> None:
    number = ticket(people)
    whistle = blown(chief, number)
    assert number not in market.get(whistle).text
    assert "/whistles/new" not in market.get("/whistles").text


def test_more_offices_are_called_and_a_whistle_is_ruled_false(
    people: People, chief: Visitor
) -> None:
    whistle = blown(chief, ticket(people))
    more = {"office_code-0": "110105-police", "actions-0": "维护秩序"}
    done(chief, whistle, "compose", **more)
    assert "北京市公安局朝阳分局" in chief.get(whistle).text
    district = Visitor(people.client).signs_in(people.district())
    page = district.get(whistle)
    ruling = {"finding": "reckless", "text": "属街道自身职责。"}
    one_side = {f"statement-{WANGJING}": "商户抗拒检查。"}
    answer = district.fills_in(page, f"{whistle}/rule-false", **ruling, **one_side)
    assert answer.status_code == 422
    assert "商户抗拒检查。</textarea>" in answer.text
    both = {**one_side, f"statement-{MARKET}": "到场未见违法。"}
    done(district, whistle, "rule-false", **ruling, **both)
    assert "乱吹哨" in chief.get(whistle).text


def test_a_stale_form_names_what_others_did(
    people: People, chief: Visitor, market: Visitor
) -> None:
    whistle = blown(chief, ticket(people))
    page = chief.get(whistle)
    done(market, whistle, f"{MARKET}/accept")
    answer = chief.fills_in(page, f"{whistle}/cancel", reason="误报 & 撤回")
    assert answer.status_code == 412
    assert "接哨" in alert(answer.text)
    assert "误报 &amp; 撤回</textarea>" in answer.text
