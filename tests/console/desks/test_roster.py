"""A street's centre by its pages: people, shifts, days and marks; the district's and a home's."""

import pytest

from tests.aids.given import CHAOYANG, WANGJING, People
from tests.console.visitor import Visitor, alert

POLICE = "110105-police"
CENTRE = f"/centre/{WANGJING}"
WANG = {
    "members.0.name": "王伟",
    "members.0.phone": "13800000001",
    "members.0.duty": "治安执法",
    "members.0.office_code": "北京市公安局朝阳分局",
    "members.0.kind": "posted",
}


@pytest.fixture
def chief(people: People) -> Visitor:
    return Visitor(people.client).signs_in(people("chief", WANGJING))


def done(visitor: Visitor, act: str, **typed: str) -> None:
    answer = visitor.fills_in(visitor.get("/centre"), f"{CENTRE}/{act}", **typed)
    assert answer.status_code == 303, alert(answer.text)


def test_a_centre_from_its_model_to_a_marked_month(people: People, chief: Visitor) -> None:
    done(chief, "set_model", model="1+4+N")
    page = chief.get("/centre")
    answer = chief.fills_in(page, f"{CENTRE}/add", **{**WANG, "members.0.phone": "12"})
    assert answer.status_code == 422
    assert 'value="北京市公安局朝阳分局"' in answer.text
    assert 'id="add-members-0-phone-fault"' in answer.text
    done(chief, "add", **WANG)
    done(chief, "change", duty="治安和犬类", reason="分工调整")
    [member] = people("chief", WANGJING).get(f"/offices/{WANGJING}/roster").json()["members"]
    assert (member["name"], member["duty"]) == ("王伟", "治安和犬类")
    shift = {"starts_at": "2026-10-20T08:00", "ends_at": "2026-10-20T20:00"}
    named = {f"shifts.0.{name}": value for name, value in shift.items()}
    done(chief, "plan_shift", **named, **{"shifts.0.member_id": str(member["id"])})
    done(chief, "attend", **{f"present-{member['id']}": "yes"})
    done(chief, "mark", mark="95")
    page = chief.get("/centre")
    assert "在岗" in page.text
    assert "本月到岗 1 天" in page.text
    assert "评分 95" in page.text
    shown = chief.fills_in(page, f"{CENTRE}/reveal", reason="通知到岗")
    assert 'href="tel:13800000001"' in shown.text
    done(chief, "cancel_shift", reason="调班")
    done(chief, "remove", reason="期满")
    assert "王伟" not in chief.get("/centre").text


def test_each_reader_sees_his_part(people: People, chief: Visitor) -> None:
    done(chief, "add", **WANG)
    district = Visitor(people.client).signs_in(people("district", CHAOYANG))
    assert CENTRE in district.get("/centre").text
    assert "王伟" in district.get(CENTRE).text
    assert "/add" not in district.get(CENTRE).text
    home = Visitor(people.client).signs_in(people("handler", POLICE))
    assert "王伟" in home.get("/centre").text
    auditor = Visitor(people.client).signs_in(people("auditor"))
    assert CENTRE not in auditor.get("/centre").text
    assert CENTRE in auditor.get(f"/centre?district_code={CHAOYANG}").text
    handler = Visitor(people.client).signs_in(people.street())
    page = handler.get("/centre")
    assert "排班" in page.text
    assert f"{CENTRE}/mark" not in page.text
