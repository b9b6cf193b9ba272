"""The policy: every number of the rules, in dated documents that are read from text and checked.

A document is TOML; `data/policy/beijing-2019.toml` shows every key with its source, `keys.py` its
values. Reading is strict: every key must be there, none may be added, and a fault has its path.
A key that came later has its value from `data/policy/added` in a document that does not name it;
so has a key whose rule changed before any version carried it out.
"""

import hashlib
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, ValidationError

from app.kit.errors import Invalid
from app.kit.messages import Message
from app.kit.web.faults import words
from app.kit.workdays import midnight
from app.policy import keys, whistles


class PolicyRefused(Invalid):
    """A document that may not come into force; `errors` name each path and its reason."""

    title = "The policy document is not right"


def beginning(value: object) -> datetime:
    """A day begins in Beijing; an instant must say its offset. Both come out as UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, date) and not isinstance(value, datetime):
        return midnight(value)
    raise ValueError(Message("is neither a day nor a time with its offset"))


class Policy(keys.Part):
    """One document. `name` is its file's, `sha256` that of its text."""

    name: str
    sha256: str
    text: str = Field(repr=False)
    effective_from: Annotated[datetime, BeforeValidator(beginning)]

    auth: keys.Auth
    assess: keys.Assess
    volume: keys.Volume
    limits: keys.PerLevel[keys.Limits]
    clock: keys.Clock
    contact: keys.Contact
    warn: keys.Warn
    alarm: keys.Alarm
    route: keys.Route
    objection: keys.Objection
    extension: keys.Extension
    reply: keys.Reply
    callback: keys.Callback
    rework: keys.Rework
    repeat: keys.Repeat
    urge: keys.Urge
    malicious: keys.Malicious
    ticket: keys.Ticket
    merge: keys.Merge
    exclude: keys.Exclude
    hold: keys.Hold
    score: keys.Scoring
    period: keys.PeriodRule
    rank: keys.Rank
    league: keys.League
    classes: Annotated[keys.Classes, Field(alias="class")]
    publish: keys.Publish
    whistle: whistles.Whistle
    evaluation: Annotated[whistles.Evaluation, Field(alias="eval")]
    signals: whistles.Signals
    privacy: keys.Privacy


FROM_OUTSIDE = {"name", "sha256", "text"}
ADDED = Path(__file__).parents[1] / "data" / "policy" / "added"


def parse(name: str, text: str) -> Policy:
    """The policy of a document. Refuses (PolicyRefused) a document with the path of each fault."""
    document = whole(name, text)
    if reserved := FROM_OUTSIDE & document.keys():
        raise refused(
            name, [(key, Message("is not a key of the policy")) for key in sorted(reserved)]
        )
    try:
        return Policy.model_validate(
            document | {"name": name, "sha256": hash_of(text), "text": text}
        )
    except ValidationError as error:
        raise refused(name, [reason(dict(fault)) for fault in error.errors()]) from None


def whole(name: str, text: str) -> dict[str, Any]:
    """A document with all that `data/policy/added` says of it. Refuses (PolicyRefused)."""
    written = completed(read(name, text), added("keys"))
    return completed(added("amended").get(hash_of(text), {}), written)


def hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def added(stem: str) -> dict[str, Any]:
    """`keys`: those that came after the first documents, with the values of a document without
    them; `amended`: by the hash of a shipped document, values of rules that changed."""
    return read(stem, (ADDED / f"{stem}.toml").read_text(encoding="utf-8"))


def completed(document: dict[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """A document with the later keys that it does not name, table by table.

    A table that is wholly missing is missing: only its later keys are not enough.
    """
    whole = dict(document)
    for key, value in later.items():
        if key not in whole:
            whole[key] = value
        elif isinstance(value, dict) and isinstance(whole[key], dict):
            whole[key] = completed(whole[key], value)
    return whole


def read(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ArithmeticError) as error:
        raise refused(name, [("", Message("is not TOML: {error}", error=error))]) from None


def reason(fault: Mapping[str, Any]) -> tuple[str, Message]:
    """A fault's path, dotted as in the document, and its message."""
    return ".".join(map(str, fault["loc"])), words(fault)


def refused(name: str, faults: list[tuple[str, Message]]) -> PolicyRefused:
    details = [
        Message("{path}: {why}", path=path, why=why) if path else why for path, why in faults
    ]
    errors = [{"pointer": path, "detail": why} for path, why in faults]
    return PolicyRefused(
        Message("policy {name}: {faults}", name=name, faults=details), errors=errors
    )


@dataclass(frozen=True, slots=True)
class Policies:
    """The documents in order of their day; the first is in force from the beginning of time."""

    documents: tuple[Policy, ...]

    @classmethod
    def read(cls, texts: Mapping[str, str]) -> Self:
        """The documents of these texts, by name; two may not begin at the same instant."""
        if not texts:
            raise PolicyRefused(Message("there is no policy document"))
        documents = sorted(
            (parse(name, text) for name, text in texts.items()), key=lambda p: p.effective_from
        )
        for earlier, later in pairwise(documents):
            if earlier.effective_from == later.effective_from:
                why = Message("is also that of {earlier}", earlier=earlier.name)
                raise refused(later.name, [("effective_from", why)])
        return cls(tuple(documents))

    def at(self, instant: datetime) -> Policy:
        """The policy in force at an instant."""
        later = bisect_right(self.documents, instant, key=lambda policy: policy.effective_from)
        return self.documents[max(later - 1, 0)]

    def named(self, name: str) -> Policy:
        """The document that a ticket or ranking names as its own."""
        return next(policy for policy in self.documents if policy.name == name)
