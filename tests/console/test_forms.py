"""Each act of the API has its form, each form asks for every member of the act's body, and offers
every value that it may have: no new act, member or value is forgotten at the screens."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI

from app.callbacks.answers import Contacted, Reach, Resolved, Satisfied
from app.console.admin import keys
from app.console.board.periods import LEAGUES
from app.console.callback import forms as script
from app.console.calls import form as call
from app.console.calls import search
from app.console.case import forms as case
from app.console.decisions import kinds
from app.console.forms import Field, Kind
from app.console.marking import forms as marking
from app.console.marking import performance
from app.console.roster import forms as roster
from app.console.whistles import campaign_forms as campaign
from app.console.whistles import forms as whistles
from app.policy.whistles import MarkItems
from app.rankings.leagues import League
from app.tickets.life.lifecycle import Status
from app.tickets.life.objections import Ruling
from app.tickets.life.sources import Verified

Schema = Mapping[str, Any]
TICKET, WHISTLE = "/v1/tickets/{number}", "/v1/whistles/{number}"
SUMMONS = f"{WHISTLE}/summonses/{{office_code}}"
RECORD = f"{WHISTLE}/evaluations/{{office_code}}"
MARK = "/v1/evaluations/{period}/{office_code}"
ROSTER = "/v1/offices/{code}/roster"
BY_MEMBER = ("change", "remove", "reveal")
POINTS = marking.mark_fields(MarkItems(response=25, effect=25, cooperation=25, lawfulness=25))


def named(*names: str) -> list[Field]:
    """Members that a form asks for by hand."""
    return [Field(name, case.TEXT.label, Kind.LINE) for name in names]


CALL = ("office_code", "required", "actions", "through_centre")
ROWS = named(*(f"summonses.{name}" for name in CALL))
ANSWERS = [*named("reach", *script.QUESTIONS), script.REASON, script.REASONABLE, script.RECORDING]
FORMS: dict[str, Iterable[Field]] = {
    **{f"{TICKET}/{act}": fields for act, fields in case.FORMS.items()},
    f"{TICKET}/exclusion": case.BESIDE["request-exclusion"],
    f"{TICKET}/exclusion/review": kinds.JUDGED,
    f"{TICKET}/exclusion/decision": kinds.JUDGED,
    f"{TICKET}/callbacks": ANSWERS,
    f"{TICKET}/callbacks/{{callback_id}}/dispute": case.BESIDE["dispute"],
    f"{TICKET}/callbacks/{{callback_id}}/correction": [*ANSWERS, kinds.HEARD],
    f"{TICKET}/verification": [*named("method", "resolved"), script.TEXT, script.EVIDENCE],
    "/v1/tickets": [*call.FIELDS, *named("category", "acceptance.outcome", *call.CHECKS)],
    "/v1/whistles": [*whistles.NEW, *ROWS, *named("draft")],
    **{f"{WHISTLE}/{act}": fields for act, fields in whistles.OF_WHISTLE.items()},
    f"{WHISTLE}/compose": ROWS,
    f"{WHISTLE}/rule-false": [
        *whistles.OF_WHISTLE["rule-false"],
        *named("statements.office_code", "statements.text"),
    ],
    **{f"{SUMMONS}/{act}": fields for act, fields in whistles.OF_SUMMONS.items()},
    f"{SUMMONS}/feed-back": named("results.action", "results.result", "results.document"),
    **{RECORD + path: whistles.OF_RECORD[act] for act, path in whistles.RECORD_PATHS.items()},
    f"{WHISTLE}/campaign": list(campaign.organise(0)),
    **{
        f"{WHISTLE}/campaign/{act}": [*fields, *named("team")]
        for act, fields in campaign.FORMS.items()
    },
    MARK: [*POINTS, *named("confirm", "no_dealings")],
    f"{MARK}/appeal": [*marking.APPEAL, *named("street_code")],
    f"{MARK}/appeal/decision": [*marking.DECISION, *named("street_code")],
    "/v1/evaluations/{period}/units/{unit_code}": [*POINTS, *named("no_dealings")],
    "/v1/units/{unit_code}": marking.KEPT,
    "/v1/departments/{code}/performance/{period}": performance.OTHER,
    **{f"{ROSTER}/members/{{member_id}}/{act}": roster.FORMS[act] for act in BY_MEMBER},
    f"{ROSTER}/members": roster.FORMS["add"],
    f"{ROSTER}/members/{{member_id}}/marks/{{month}}": roster.FORMS["mark"],
    f"{ROSTER}/shifts": roster.FORMS["plan_shift"],
    f"{ROSTER}/shifts/{{shift_id}}/cancel": roster.FORMS["cancel_shift"],
    f"{ROSTER}/days/{{day}}": named("members.member_id", "members.present", "members.reason"),
    ROSTER: roster.FORMS["set_model"],
    "/v1/keys": keys.FORM,
}
BUTTONS = {
    "/v1/keys/{key_id}",
    "/v1/rankings/{period}/seal",
    "/v1/rankings/{period}/verify",
    "/v1/evaluations/{period}/seal",
    "/v1/evaluations/{period}/verify",
    "/v1/routing/memory",
    f"{TICKET}/attachments",
    f"{WHISTLE}/codes",
    "/v1/tickets/batch",
    "/v1/imports/cases",
}
"""Without a form of fields: a button, or a file."""
OF_PAGES = {
    "/v1/suggest",
    "/v1/rankings/{period}/what-if",
    "/v1/rankings/{period}/compare",
    "/report-in/{code}",
}
"""Asked by a page while one types, by the board's sliders and its choice of periods, and by the
page of a whistle's QR code."""
FOR_PROGRAMS = {
    "/v1/route/batch",
    "/v1/callbacks/{callback_id}/dispute",
    "/v1/callbacks/{callback_id}/correction",
}
"""Many addresses at once, and older paths."""
LEFT_OUT = {f"{TICKET}/contact method": {"relay"}}
"""Values that the act refuses."""
UNASKED = {"datum", "lon", "lat", "district_code", "external_id"}
"""Of places and other systems: a person writes an address; telephones tell WGS-84."""


@pytest.fixture
def bodies(app: FastAPI) -> dict[str, Schema]:
    """The schema of each body that an act takes, by its path, with the whole document within."""
    document = app.openapi()
    return {
        path: {"document": document, **route.get("requestBody", {})}
        for path, routes in document["paths"].items()
        for method, route in routes.items()
        if method != "get"
    }


def members(body: Schema) -> dict[str, Schema]:
    """Each member without members of its own, by its dotted name."""
    content = body.get("content", {}).get("application/json", {})
    return dict(within(body["document"], content.get("schema", {}), ""))


def within(document: Schema, schema: Schema, above: str) -> Iterator[tuple[str, Schema]]:
    schema = plain(document, schema)
    if "properties" not in schema:
        yield above, schema
        return
    for name, member in schema["properties"].items():
        yield from within(document, member, f"{above}.{name}" if above else name)


def plain(document: Schema, schema: Schema) -> Schema:
    """A schema itself, whatever it is wrapped in; of a list its items' where they have members."""
    if "$ref" in schema:
        return plain(document, document["components"]["schemas"][schema["$ref"].split("/")[-1]])
    for choice in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        if choice.get("type") != "null":
            return plain(document, choice)
    items = plain(document, schema["items"]) if "items" in schema else {}
    return items if "properties" in items else schema


def asked(fields: Iterable[Field]) -> dict[str, Field]:
    """The fields by the members that they fill: `milestones.0.at` is `milestones.at`."""
    made = {re.sub(r"\.[0-9]+\.", ".", field.name): field for field in fields}
    for name, field in list(made.items()):
        if field.kind in (Kind.PERSON, Kind.PEOPLE):
            made |= {f"{name}.{member}": field for member in ("name", "office_code", "duty")}
    return made


def test_every_act_has_its_form(bodies: dict[str, Schema]) -> None:
    assert bodies.keys() == FORMS.keys() | BUTTONS | OF_PAGES | FOR_PROGRAMS


@pytest.mark.parametrize("path", FORMS)
def test_a_form_asks_for_every_member(path: str, bodies: dict[str, Schema]) -> None:
    wanted = {name for name in members(bodies[path]) if name.split(".")[-1] not in UNASKED}
    assert wanted <= asked(FORMS[path]).keys()


@pytest.mark.parametrize("path", FORMS)
def test_a_choice_offers_every_value(path: str, bodies: dict[str, Schema]) -> None:
    schemas = members(bodies[path])
    for name, field in asked(FORMS[path]).items():
        if field.kind is Kind.CHOICE and "enum" in schemas.get(name, ()):
            wanted = set(schemas[name]["enum"]) - LEFT_OUT.get(f"{path} {name}", set())
            assert set(field.choices or ()) == wanted, name


@pytest.mark.parametrize(
    ("offered", "codes"),
    [
        (search.STATUSES, Status),
        (script.REACH, set(Reach) - {Reach.VERIFIED}),
        (script.QUESTIONS["contacted"][1], Contacted),
        (script.QUESTIONS["resolved"][1], Resolved),
        (script.QUESTIONS["satisfied"][1], Satisfied),
        (script.SEEN, set(Resolved) - {Resolved.NO_ANSWER}),
        (script.METHODS, Verified),
        (LEAGUES, League),
        ({act for acts in kinds.RULED.values() for act in acts}, Ruling),
    ],
)
def test_what_a_page_offers_by_itself_is_all_there_is(
    offered: Iterable[str], codes: Iterable[str]
) -> None:
    assert set(offered) == {str(code) for code in codes}
