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
from app.kit.messages import Message, for_reader, language, phrase
from app.kit.web.language import BY_LANGUAGE
from app.whistles.acts.codes import CodeExpired, CodeUnknown, CodeUsed
from app.whistles.life.moves import IllegalWhistleMove
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
  var where = document.getElementById('where');
  where.textContent = where.dataset.known;
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
    **BY_LANGUAGE,
}

PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.globals["_"] = phrase
TEMPLATE = PAGES.get_template("report_in.html")

Filled = Mapping[str, str]
"""The fields of the form, as they came."""

NOBODY_TO_COME = Message("Nobody is to report in for this whistle.")
FIELDS = ("person", "duty", "office_code")

REFUSED: dict[type[Refusal], Message] = {
    CodeUnknown: Message("This code is not valid. Please ask the street's staff for a new one."),
    CodeUsed: Message(
        "This code was used; each is good for one report-in. Please ask for a new one."
    ),
    CodeExpired: Message("This code has expired. Please ask for a new one."),
    ReportedInBefore: Message("This office has reported in."),
    IllegalWhistleMove: Message("This office cannot report in for this whistle now."),
    NotFound: Message("Please choose your office."),
    Invalid: Message("Please fill in office, name and duty."),
}
"""The first of these that a refusal is."""


def words_of(refusal: Refusal) -> Message:
    known = (words for kind, words in REFUSED.items() if isinstance(refusal, kind))
    return next(known, Message(refusal.title))


def page(
    awaited: Awaited | None, message: Message | None = None, filled: Filled | None = None
) -> str:
    """The form, with what was filled in; where nobody is to come, or without a whistle, a message
    alone."""
    if awaited and not awaited.offices:
        return render(awaited, message or NOBODY_TO_COME, False, {})
    return render(awaited, message, bool(awaited), filled or {})


def done(awaited: Awaited, filled: Filled) -> str:
    office = dict(awaited.offices).get(filled.get("office_code", ""), "")
    message = Message(
        "{person} of {office} has reported in.", person=filled["person"], office=office
    )
    return render(awaited, message, False, {})


def render(awaited: Awaited | None, message: Message | None, asks: bool, filled: Filled) -> str:
    return TEMPLATE.render(
        awaited=awaited,
        asks=asks,
        message=message and for_reader(message),
        language=language.get(),
        filled={name: filled.get(name, "") for name in FIELDS},
        style=Markup(STYLE),
        script=Markup(SCRIPT),
    )


def code_view(base_url: str, code: str, expires_at: datetime) -> SignInCodeView:
    """`base_url` is the service's as the street reached it."""
    url = f"{base_url.rstrip('/')}/{PATH}/{code}"
    drawing = segno.make(url, error="m", micro=False).svg_inline(
        scale=6, title=for_reader(Message("Report in"))
    )
    return SignInCodeView(code=code, url=url, qr=drawing, expires_at=expires_at)
