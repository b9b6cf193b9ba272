"""The page on which people report in with a one-time code: no account, no other address.

It works without scripts; a script adds the position where the telephone tells it.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.kit.errors import Invalid, NotFound, Refusal
from app.whistles.acts.codes import CodeExpired, CodeUnknown, CodeUsed
from app.whistles.life.loop import IllegalWhistleMove
from app.whistles.life.refusals import ReportedInBefore
from app.whistles.sign_in.service import Awaited
from app.whistles.views.schemas import SignInCodeView

STYLE = """
body { font: 18px/1.5 sans-serif; margin: 0; background: #f6f4f0; color: #222; }
main { max-width: 30rem; margin: 0 auto; padding: 1rem; }
h1 { color: #8a1c1c; margin: 0 0 .5rem; }
dl { background: #fff; padding: .75rem; border-radius: .5rem; }
dt { color: #666; font-size: .8rem; } dd { margin: 0 0 .5rem; }
label { display: block; margin: .75rem 0; }
input, select, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem; }
button { background: #8a1c1c; color: #fff; border: 0; border-radius: .5rem; }
.hint { color: #666; font-size: .85rem; }
.done { background: #e3f1e3; padding: .75rem; } .refused { background: #f8dede; padding: .75rem; }
"""
SCRIPT = """
if (navigator.geolocation) navigator.geolocation.getCurrentPosition(function (at) {
  document.getElementById('lon').value = at.coords.longitude;
  document.getElementById('lat').value = at.coords.latitude;
  document.getElementById('where').textContent = '已取得当前位置。';
});
"""
PATH = "report-in"


def fingerprint(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src {fingerprint(STYLE)};"
    f" script-src {fingerprint(SCRIPT)}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "Permissions-Policy": "geolocation=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

TEMPLATE = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
).get_template("report_in.html")

Filled = Mapping[str, str]
"""The fields of the form, as they came."""

NOBODY_TO_COME = "此哨没有待报到的单位。"
FIELDS = ("person", "duty", "office_code")

TOLD: dict[type[Refusal], str] = {
    CodeUnknown: "此码无效，请向街道工作人员索取新码。",
    CodeUsed: "此码已使用，每码只能报到一次，请索取新码。",
    CodeExpired: "此码已过期，请索取新码。",
    ReportedInBefore: "该单位已经报到。",
    IllegalWhistleMove: "该单位现在不能就此哨报到。",
    NotFound: "请选择所在单位。",
    Invalid: "请填写单位、姓名和职务。",
}
"""The first of these that a refusal is."""


def told_of(refusal: Refusal) -> str:
    return next((text for kind, text in TOLD.items() if isinstance(refusal, kind)), refusal.title)


def page(awaited: Awaited | None, message: str = "", filled: Filled | None = None) -> str:
    """The form, with what was filled in; where nobody is to come, or without a whistle, a message
    alone."""
    if awaited and not awaited.offices:
        return render(awaited, message or NOBODY_TO_COME, False, {})
    return render(awaited, message, bool(awaited), filled or {})


def done(awaited: Awaited, filled: Filled) -> str:
    office = dict(awaited.offices).get(filled.get("office_code", ""), "")
    return render(awaited, f"{office} {filled.get('person', '')} 已报到。", False, {})


def render(awaited: Awaited | None, message: str, asks: bool, filled: Filled) -> str:
    return TEMPLATE.render(
        awaited=awaited,
        asks=asks,
        message=message,
        filled={name: filled.get(name, "") for name in FIELDS},
        style=Markup(STYLE),
        script=Markup(SCRIPT),
    )


def code_view(base_url: str, code: str, expires_at: datetime) -> SignInCodeView:
    """`base_url` is the service's as the street reached it."""
    url = f"{base_url.rstrip('/')}/{PATH}/{code}"
    drawing = segno.make(url, error="m", micro=False).svg_inline(scale=6, title="报到")
    return SignInCodeView(code=code, url=url, qr=drawing, expires_at=expires_at)
