"""A seal against the present record: each difference, and its reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.city import City
from app.kit.ready import Ready, parameter
from app.period import Period
from app.rankings import compute, published
from app.rankings.bundles import number_of, unpacked
from app.rankings.counting.record import Record
from app.rankings.forms import FORMS, NEWEST, Form
from app.rankings.leagues import League, Roster
from app.rankings.models import Seal, SealedFacts, SealedRanking, Subject
from app.rankings.published import EVER
from app.rankings.schemas import RankingView
from app.seals import evidence, sources, wholeness
from app.seals.contradictions import Deriving
from app.seals.schemas import DifferenceView, NamedTicket, VerifyView, Why
from app.seals.sources import Piece


def verify(session: Session, city: City, period: Period) -> VerifyView:
    """The seal recomputed from the record, the policy and the registry of its time. Refuses
    NotSealed.

    `late` tickets were recorded after the seal: an adjustment. Anything else is tampering.
    """
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    seal = published.get(session, period.name)
    then = published.record_of(session, period)
    derived = Deriving(then)
    query = select(SealedRanking).filter_by(period=seal.period)
    kept = {ranking.league: ranking for ranking in session.scalars(query)}
    check = Check(seal, list(compared(then, seal, derived)), kept, forms_of(seal, kept))
    rankings = compute.rankings(then, check.forms)
    again = {league: Again(*form.sealed(rankings[league])) for league, form in check.forms.items()}
    differences = [
        *wholeness.broken(session, seal, period, dict(check.hashes(again))),
        *evidence.falsified(then, derived),
        *evidence.audited(session, city, period),
        *check.lines(),
        *check.leagues(again, replace(then, late=EVER)),
    ]
    return VerifyView(
        same=not differences,
        content_hash=seal.content_hash,
        recomputed_hash=again[League.STREETS].view.content_hash,
        differences=differences,
    )


def forms_of(seal: Seal, kept: Mapping[League, SealedRanking]) -> dict[League, Form]:
    """Of each league that was sealed; the newest where the row is gone or its form is not known."""
    numbers = {league: ranking.form for league, ranking in kept.items()}
    sealed = (league for league in League if league.value in seal.rankings)
    return {league: FORMS.get(numbers.get(league, NEWEST), FORMS[NEWEST]) for league in sealed}


class Differing(NamedTuple):
    """A ticket whose line is not the sealed one; `owners` are whose it was or is."""

    subject: Subject
    part: str
    ticket: NamedTicket
    owners: frozenset[tuple[str, str]]


def compared(then: Record, seal: Seal, derived: Deriving) -> Iterator[Differing]:
    """The sealed lines beside those that the record gives now, part by part; the assessments go
    past `derived`. A seal from before a subject was kept has nothing to say of it."""
    kept = sealed_parts(then, seal)
    for subject, pieces_of in sources.SUBJECTS.items():
        sealed = {part for of, part in kept if of is subject}
        if not sealed and not any(of is not Subject.FACTS for of, _ in kept):
            continue
        pieces = derived.passing(pieces_of(then)) if subject is Subject.FACTS else pieces_of(then)
        for part, of_part in groupby(pieces, key=lambda piece: piece.part):
            yield from parts(seal, subject, part, sealed_lines(then, seal, subject, part), of_part)
            sealed.discard(part)
        for part in sorted(sealed):
            yield from parts(seal, subject, part, sealed_lines(then, seal, subject, part), ())


def sealed_parts(then: Record, seal: Seal) -> set[tuple[Subject, str]]:
    rows = PARTS.rows(then.session.connection(), period=seal.period)
    return {(Subject(subject), part) for subject, part in rows}


def sealed_lines(then: Record, seal: Seal, subject: Subject, part: str) -> bytes | None:
    asked = {"period": seal.period, "subject": subject.value, "part": part}
    rows = LINES.rows(then.session.connection(), **asked)
    return rows[0].lines if rows else None


OF_PERIOD = SealedFacts.period == parameter("period", sa.Text)
PARTS = Ready(
    select(SealedFacts.subject, SealedFacts.part).where(
        OF_PERIOD, SealedFacts.subject != Subject.REGISTRY
    )
)
LINES = Ready(
    select(SealedFacts.lines).where(
        OF_PERIOD,
        SealedFacts.subject == parameter("subject", sa.Text),
        SealedFacts.part == parameter("part", sa.Text),
    )
)


def parts(
    seal: Seal, subject: Subject, part: str, lines: bytes | None, pieces: Iterable[Piece]
) -> Iterator[Differing]:
    then = {number_of(line): line for line in unpacked(lines)}
    for piece in pieces:
        sealed = then.pop(piece.number, None)
        why = why_not(seal, piece, sealed)
        if why:
            both = (line for line in (piece.line, sealed) if line)
            owners = frozenset().union(*(sources.owners_of(subject, line) for line in both))
            yield Differing(subject, part, NamedTicket(number=piece.number, why=why), owners)
    for number, line in then.items():
        owners = frozenset(sources.owners_of(subject, line))
        yield Differing(subject, part, NamedTicket(number=number, why="missing"), owners)


def why_not(seal: Seal, piece: Piece, sealed: str | None) -> Why | None:
    if sealed is None:
        recorded_late = piece.recorded_at and piece.recorded_at > seal.sealed_at
        return "late" if recorded_late else "changed"
    if sealed != piece.line:
        return "changed"
    decided_late = piece.decided_at and piece.decided_at > seal.sealed_at
    return "late" if decided_late else None


class Again(NamedTuple):
    """A league made again, and the bytes that a seal would keep of it."""

    view: RankingView
    body: bytes


@dataclass(frozen=True, slots=True)
class Check:
    seal: Seal
    tickets: list[Differing]
    kept: Mapping[League, SealedRanking]
    forms: Mapping[League, Form]

    def hashes(self, again: Mapping[League, Again]) -> Iterator[tuple[League, str | None]]:
        """Of the kept bytes; the same bytes are not read again."""
        for league, ranking in self.kept.items():
            made = again.get(league)
            same = made and (made.view.content_hash, made.body)
            whole = ranking.form in FORMS and same == (ranking.content_hash, ranking.body)
            yield league, ranking.content_hash if whole else wholeness.hash_of_kept(ranking)

    def lines(self) -> Iterator[DifferenceView]:
        """Each office, day or register with a ticket that is not as it was sealed."""
        for (subject, part), tickets in groupby(self.tickets, key=lambda ticket: ticket[:2]):
            named = [differing.ticket for differing in tickets]
            late = sum(ticket.why == "late" for ticket in named)
            yield DifferenceView(
                league=None,
                office_code=None if subject is Subject.REQUESTS else part,
                field=subject,
                sealed=None,
                now={"late": late, "changed_or_missing": len(named) - late},
                tickets=named,
            )

    def leagues(self, again: Mapping[League, Again], now: Record) -> Iterator[DifferenceView]:
        """Each number of each row that is not the sealed one, with the late tickets counted in;
        of the members that its form has."""
        today = compute.rankings(now, again) if self.tickets else {}
        for league, made in again.items():
            form, kept = self.forms[league], self.kept.get(league)
            if not today and kept and kept.body == made.body:
                continue
            sealed = rows(form, kept.body) if kept else {}
            members = compute.league_of(now, league)
            for row in form.narrowed(today.get(league, made.view)).rows:
                for name, was, value in differing(sealed.get(row.office_code), row):
                    yield DifferenceView(
                        league=league,
                        office_code=row.office_code,
                        field=name,
                        sealed=was,
                        now=value,
                        tickets=self.of_row(members, row.office_code),
                    )

    def of_row(self, members: Roster, code: str) -> list[NamedTicket]:
        """Those that were or are in a row, by office, place or category."""
        plan = members.plan
        columns = {
            Subject.FACTS: (plan.assessed_by,),
            Subject.REQUESTS: (plan.located_by, plan.led_by),
            Subject.HOLDS: (plan.led_by,),
        }
        mine = {
            differing.ticket.number: differing.ticket
            for differing in self.tickets
            for column, owner in differing.owners
            if column in columns[differing.subject] and members.rows[column].get(owner) == code
        }
        return list(mine.values())


def rows(form: Form, body: bytes) -> dict[str, object]:
    try:
        return {row.office_code: row for row in form.narrowed(form.read(body)).rows}
    except ValueError:
        return {}


def differing(sealed: object | None, now: object) -> Iterator[tuple[str, object, object]]:
    """Which numbers of a row differ, each by its name with dots."""
    if msgspec.json.encode(sealed) == msgspec.json.encode(now):  # as of nearly every row
        return
    was, value = (
        flat(msgspec.to_builtins(sealed) if sealed else {}),
        flat(msgspec.to_builtins(now)),
    )
    for name in value:
        if was.get(name) != value[name]:
            yield name, was.get(name), value[name]


def flat(members: Mapping[str, object], before: str = "") -> dict[str, object]:
    flattened: dict[str, object] = {}
    for name, value in members.items():
        if isinstance(value, dict):
            flattened |= flat(value, f"{before}{name}.")
        else:
            flattened[before + name] = value
    return flattened
