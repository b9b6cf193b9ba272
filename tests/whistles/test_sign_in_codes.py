"""The street's one-time code, and the page on which people report in with it (H3)."""

import re
from functools import partial

import pytest
from fastapi import FastAPI

from app.sweep import forget_keys
from app.whistles.sign_in import pages
from tests.aids.client import Client
from tests.aids.given import WANGJING, People
from tests.conftest import StillClock
from tests.stories.test_races import at_once, statuses
from tests.whistles import blown
from tests.whistles.blown import MARKET, POLICE, of

CHINESE = {"Accept-Language": "zh-CN"}
FORM = {"person": "王强", "duty": "执法队长", "office_code": MARKET}


def issued(people: People, number: str) -> dict[str, str]:
    answer = people("handler", WANGJING).post(f"/whistles/{number}/codes")
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json())


def whistle(people: People, number: str) -> dict[str, object]:
    return dict(people("chief", WANGJING).get(f"/whistles/{number}").json())


def test_two_taps_report_in_without_an_account(
    people: People, served: Client, clock: StillClock
) -> None:
    number = blown.blow(people)["number"]
    code = issued(people, number)
    assert code["qr"].startswith("<svg")
    path = "/" + code["url"].split("/", 3)[3]

    page = served.get(path, headers=CHINESE)
    assert page.status_code == 200
    assert "市场监督管理局" in page.text
    assert "集合地点" in page.text
    in_english = served.get(path, headers={"Accept-Language": "en"})
    assert "Meeting point" in in_english.text
    assert "集合地点" not in in_english.text
    assert "Accept-Language" in in_english.headers["Vary"]
    answer = served.post(path, data={**FORM, "lon": "116.4810", "lat": "39.9960"}, headers=CHINESE)
    assert (answer.status_code, "已报到" in answer.text) == (200, True)
    summons = of(whistle(people, number), MARKET)
    assert (summons["status"], summons["on_time"]) == ("arrived", True)
    [visit] = summons["attendance"]
    assert (visit["person"], visit["by_code"], visit["distance_m"]) == ("王强", True, 41)

    blown.reports_in(people, number, POLICE)
    nobody = served.get("/" + issued(people, number)["url"].split("/", 3)[3], headers=CHINESE)
    assert (nobody.status_code, "没有待报到的单位" in nobody.text) == (200, True)
    again = served.post(path, data={**FORM, "office_code": POLICE}, headers=CHINESE)
    assert (again.status_code, "此码已使用" in again.text) == (409, True)
    assert served.get(path).status_code == 409
    assert len(of(whistle(people, number), POLICE)["attendance"]) == 1


def test_a_page_asks_no_other_address_and_runs_nothing_else(people: People, served: Client) -> None:
    code = issued(people, blown.blow(people)["number"])
    page = served.get("/" + code["url"].split("/", 3)[3])

    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    for tag, text in re.findall(r"<(style|script)>(.*?)</", page.text, re.DOTALL):
        assert f"{tag}-src {pages.fingerprint(text)}" in policy
    assert not re.search(r"(?:src|href|action)\s*=|https?:", page.text)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"person": ""}, "请填写"),
        ({"person": " "}, "请填写"),
        ({"office_code": ""}, "请选择"),
        ({"office_code": "110105-water"}, "请选择"),
        ({"office_code": WANGJING}, "请选择"),
        ({"lon": "116.4", "lat": ""}, "请填写"),
        ({"lon": "east", "lat": "39"}, "请填写"),
    ],
)
def test_a_form_that_is_none_spends_no_code(
    people: People, served: Client, changed: dict[str, str], words: str
) -> None:
    number = blown.blow(people)["number"]
    path = "/" + issued(people, number)["url"].split("/", 3)[3]

    answer = served.post(path, data={**FORM, **changed}, headers=CHINESE)
    assert answer.status_code in (404, 422)
    assert words in answer.text
    assert served.post(path, data=FORM).status_code == 200


def test_a_code_is_good_for_a_while_for_its_whistle_and_once(
    people: People, served: Client, clock: StillClock
) -> None:
    number, other = blown.blow(people)["number"], blown.blow(people)["number"]
    code = issued(people, number)["code"]
    market, form = people("handler", MARKET), {"person": "王强", "duty": "队长", "code": code}

    def report(number: str, **changed: str) -> tuple[int, str]:
        body = {**form, **changed}
        answer = market.post(f"/whistles/{number}/summonses/{MARKET}/report-in", body)
        return answer.status_code, answer.json().get("type", "")

    assert report(other) == (422, "/problems/code-unknown")
    forged = code[:-1] + ("a" if code[-1] != "a" else "b")
    assert report(number, code=forged) == (422, "/problems/code-unknown")
    assert served.get(f"/report-in/{forged}").status_code == 422
    clock.tick(minutes=30)
    late = issued(people, number)["code"]
    assert report(number) == (200, "")
    assert report(number, code=late) == (409, "/problems/reported-in-before")
    assert report(other, code=late) == (422, "/problems/code-unknown")
    fresh = issued(people, other)["code"]
    clock.tick(minutes=30, microseconds=1)
    assert report(other, code=fresh) == (409, "/problems/code-expired")
    assert served.get(f"/report-in/{fresh}").status_code == 409
    used = people("handler", POLICE).post(
        f"/whistles/{number}/summonses/{POLICE}/report-in", {**form, "code": code}
    )
    assert (used.status_code, used.json()["type"]) == (409, "/problems/code-used")


def test_only_the_street_issues_codes_and_none_is_shown_again(people: People) -> None:
    number = blown.blow(people)["number"]
    assert people("handler", MARKET).post(f"/whistles/{number}/codes").status_code == 403
    street = people("handler", WANGJING)
    keyed = street.post(f"/whistles/{number}/codes", headers={"Idempotency-Key": "a"})
    assert keyed.json()["type"] == "/problems/key-unwanted"
    code = issued(people, number)["code"]
    assert code not in street.get(f"/whistles/{number}/events").text


def test_of_two_who_use_one_code_at_once_one_is_there(people: People, served: Client) -> None:
    number = blown.blow(people)["number"]
    path = "/" + issued(people, number)["url"].split("/", 3)[3]

    answers = at_once(
        *(
            partial(served.post, path, data={**FORM, "office_code": office})
            for office in (MARKET, POLICE, MARKET, POLICE)
        )
    )
    assert statuses(answers) == [200, 409, 409, 409]
    summonses = [of(whistle(people, number), office) for office in (MARKET, POLICE)]
    assert sorted(s["status"] for s in summonses) == ["arrived", "sent"]


def test_a_week_after_its_end_a_code_is_forgotten(
    people: People, app: FastAPI, clock: StillClock
) -> None:
    number = blown.blow(people)["number"]
    code = issued(people, number)["code"]
    blown.reports_in(people, number, MARKET, code=code, lon=None, lat=None)
    for days, kind in ((7, "code-used"), (1, "code-unknown")):
        clock.tick(days=days)
        forget_keys(app.state.sessions, app.state.clock)
        form = {"person": "李明", "duty": "民警", "code": code}
        path = f"summonses/{POLICE}/report-in"
        refused = blown.act(people, ("handler", POLICE), number, path, form)
        assert refused.json()["type"] == f"/problems/{kind}"
    assert len(of(whistle(people, number), MARKET)["attendance"]) == 1
