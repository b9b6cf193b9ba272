"""What is sent for each action on a whistle: its path, and a body that is fit for it."""

from datetime import datetime, timedelta
from typing import Any

from app.kit.workdays import day_of
from app.whistles.life.loop import OF_OFFICE, OF_RECORD, OF_SUMMONS
from tests.aids.given import WANGJING
from tests.aids.stages import DONGHUAMEN
from tests.whistles import blown, campaigns
from tests.whistles.blown import MARKET, POLICE

PATHS: dict[str, str] = {
    "issue-code": "codes",
    "evaluate": "evaluations/{office}",
    "appeal-evaluation": "evaluations/{office}/appeal",
    "decide-evaluation": "evaluations/{office}/appeal/decision",
    "organise": "campaign",
    **{action: f"campaign/{action}" for action in ("log", "correct-log", "meet", "notify")},
    "conclude": "campaign/conclude",
    **{action: f"summonses/{{office}}/{action}" for action in OF_SUMMONS | OF_OFFICE - OF_RECORD},
}
"""Of actions whose path is not their name."""

STATEMENTS = [{"office_code": WANGJING, "text": "属实"}, {"office_code": MARKET, "text": "不属实"}]


def path(action: str, office: str) -> str:
    return PATHS.get(action, action).format(office=office)


def calls(*offices: str) -> list[dict[str, Any]]:
    """Two things are asked of the market regulators, one of anybody else."""
    return [blown.call(o, *(("查处", "清退") if o == MARKET else ())) for o in offices]


def bodies(now: datetime, office: str, yes: bool = True) -> dict[str, dict[str, Any]]:
    """By action, about an office; `yes` agrees, upholds, and blames the department alone."""
    ahead = (now + timedelta(hours=20)).isoformat()
    words, ruling = {"text": "同意"}, {"uphold": yes, "text": "裁定"}
    results = [
        {"action": seq, "result": "已办", "document": f"罚{seq}号"}
        for seq in ((1, 2) if office == MARKET else (1,))
    ]
    return {
        **of_campaign(now),
        "compose": {"summonses": [blown.call("110105-water" if yes else "city-housing")]},
        "cancel": {"reason": "误吹"},
        "propose-lead": {**words, "street_code": DONGHUAMEN},
        "agree-lead": words,
        "decline-lead": words,
        "verify": {**words, "evidence": ["照片"]},
        "settle": words,
        "send-back": {"reason": "未清"},
        "escalate": {"reason": "超出本级"},
        "coordinate": {**words, "lead_office_code": MARKET, "new_date_at": ahead},
        "rule-false": {
            **words,
            "finding": "wrong_department" if yes else "reckless",
            "statements": STATEMENTS,
        },
        "appeal": words,
        "thank": words,
        "read-signal": words,
        "decide-appeal": ruling,
        "report-in": {"person": "王强", "duty": "队长", **blown.NEAR},
        "feed-back": {"results": results},
        "leave": {"reason": "另有任务"},
        "release": words,
        "hand-over": {**words, "to_office_code": POLICE, "actions": [1]},
        "consent": words,
        "decline": words,
        "interim-release": {**words, "next_at": ahead},
        "object": {"ground": "not_my_duty", "text": "非职责"},
        "rule-objection": ruling,
        "waive": words,
        "report-refusal": words,
        "rule-refusal": {**words, "refused": yes, **({"answer_due_at": ahead} if yes else {})},
        "supervise": {"reason": "请到场", "answer_due_at": ahead},
        "answer": words,
        "evaluate": {"effect": 12, "attitude": 13},
        "appeal-evaluation": words,
        "decide-evaluation": {"approve": yes, "text": "裁定"},
    }


def of_campaign(now: datetime) -> dict[str, dict[str, Any]]:
    today = f"{day_of(now)}"
    meeting = {"held_at": now.isoformat(), "resolutions": ["断电"], "text": "研判"}
    return {
        "organise": campaigns.plan(),
        "log": campaigns.day(on=today),
        "correct-log": campaigns.day(on=today, reason="漏记"),
        "meet": {**meeting, "people": [campaigns.person("张书记")]},
        "notify": {"text": "进展"},
        "conclude": {"text": "小结"},
    }
