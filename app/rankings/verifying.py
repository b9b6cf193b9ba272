"""A seal against the record as it stands now: whatever differs is named, and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

import msgspec
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.period import Period
from app.rankings import computed, deriving, evidence, seals
from app.rankings.evidence import Fact
from app.rankings.facts import Record
from app.rankings.leagues import League, Roster
from app.rankings.models import Seal, SealedFacts, SealedRanking
from app.rankings.schemas import RankingView, RowView, as_json, read_ranking
from app.rankings.seal_schemas import DifferenceView, NamedTicket, VerifyView, Why
from app.tickets.desk import Desk

Named = Mapping[str, list[NamedTicket]]
"""By lead office, the tickets that are not as they were sealed."""


def verify(session: Session, desk: Desk, period: Period) -> VerifyView:
    """Refuses NotSealed. Recomputed with the policy of that time, from what was then recorded.

    `late` tickets were recorded after the seal: an adjustment. Anything else is tampering.
    """
    session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    seal = seals.get(session, period.name)
    then = Record(session, period, as_of=seal.sealed_at)
    tickets = Compared(seal).tickets(then)
    check = Check(desk, seal, tickets)
    again = {league: computed.ranking(then, desk, league) for league in League}
    now = Record(session, period, as_of=seal.sealed_at, late=True)
    found = [
        *broken(session, seal, period),
        *falsified(then, desk),
        *check.facts(),
        *check.leagues(again, now),
    ]
    return VerifyView(
        same=not found,
        content_hash=seal.content_hash,
        recomputed_hash=again[League.STREETS].content_hash,
        differences=found,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """The sealed lines of every office beside those that the record gives now."""

    seal: Seal

    def tickets(self, then: Record) -> dict[str, list[NamedTicket]]:
        found: dict[str, list[NamedTicket]] = {}
        sealed: dict[str, bytes | None] = dict(
            then.session.execute(
                select(SealedFacts.office_code, SealedFacts.lines).where(
                    SealedFacts.period == self.seal.period
                )
            ).all()
        )
        for office, facts in groupby(evidence.facts(then), key=lambda fact: fact.office_code):
            found[office] = list(self.office(sealed.pop(office, None), facts))
        for office, lines in sealed.items():
            found[office] = list(self.office(lines, ()))
        return {office: named for office, named in found.items() if named}

    def office(self, lines: bytes | None, facts: Iterable[Fact]) -> Iterator[NamedTicket]:
        then = {evidence.number_of(line): line for line in evidence.unpacked(lines)}
        for fact in facts:
            why = self.why(fact, then.pop(fact.number, None))
            if why:
                yield NamedTicket(number=fact.number, why=why)
        yield from (NamedTicket(number=number, why="missing") for number in then)

    def why(self, fact: Fact, sealed: str | None) -> Why | None:
        if sealed is None:
            return "late" if fact.recorded_at > self.seal.sealed_at else "changed"
        if sealed != fact.line:
            return "changed"
        decided_late = fact.decided_at and fact.decided_at > self.seal.sealed_at
        return "late" if decided_late else None


def broken(session: Session, seal: Seal, period: Period) -> Iterator[DifferenceView]:
    """Where the seal itself does not hold: its own hash, its parts', the chain, the policy."""
    for name, sealed, now in held(session, seal, period):
        if sealed != now:
            yield DifferenceView(
                league=None, office_code=None, field=name, sealed=sealed, now=now, tickets=[]
            )


def held(session: Session, seal: Seal, period: Period) -> Iterator[tuple[str, object, object]]:
    yield "seal_hash", seal.seal_hash, seals.hash_of(seal)
    yield "policy_sha256", seal.policy_sha256, period.policy.sha256
    if seal.former:
        former = session.get(Seal, seal.former)
        yield "former_hash", seal.former_hash, former and former.seal_hash
    bodies = session.scalars(select(SealedRanking).where(SealedRanking.period == seal.period))
    hashes = {found.league.value: hash_of_kept(found) for found in bodies}
    for league, sealed in sorted(seal.rankings.items()):
        yield f"rankings.{league}", sealed, hashes.get(league)
    bundles = session.scalars(select(SealedFacts).where(SealedFacts.period == seal.period))
    digests = ((found.office_code, digest_of_kept(found)) for found in bundles)
    yield "facts_digest", seal.facts_digest, evidence.digest_of(digests)


def hash_of_kept(found: SealedRanking) -> str | None:
    """None where the bytes are not those that were written when it was sealed."""
    try:
        view = read_ranking(found.body).hashed()
    except ValueError:
        return None
    written = as_json(replace(view, sealed=True)) == found.body
    return view.content_hash if written and found.content_hash == view.content_hash else None


def digest_of_kept(found: SealedFacts) -> str:
    """Nothing where the row does not say it itself."""
    lines = evidence.unpacked(found.lines)
    digest = evidence.digest_of_lines(lines)
    return digest if (found.number, found.digest) == (len(lines), digest) else ""


def falsified(then: Record, desk: Desk) -> Iterator[DifferenceView]:
    """Each office with an assessment that was false before it was sealed."""
    found = deriving.contradicted(then, desk.policies)
    for office, tickets in groupby(found, key=lambda one: one.office_code):
        yield DifferenceView(
            league=None,
            office_code=office,
            field="evidence",
            sealed=None,
            now=None,
            tickets=[NamedTicket(number=one.number, why="changed") for one in tickets],
        )


@dataclass(frozen=True, slots=True)
class Check:
    desk: Desk
    seal: Seal
    tickets: Named

    def facts(self) -> Iterator[DifferenceView]:
        """Each office with a ticket that is not as it was sealed."""
        for office, named in sorted(self.tickets.items()):
            late = sum(ticket.why == "late" for ticket in named)
            yield DifferenceView(
                league=None,
                office_code=office,
                field="facts",
                sealed=None,
                now={"late": late, "changed_or_missing": len(named) - late},
                tickets=named,
            )

    def leagues(self, again: Mapping[League, RankingView], now: Record) -> Iterator[DifferenceView]:
        """Each number of each row that is not the sealed one, with the late tickets counted in."""
        for league, then in again.items():
            kept = seals.kept(now.session, self.seal.period, league)
            sealed = rows(kept.body) if kept else {}
            today = computed.ranking(now, self.desk, league) if self.tickets else then
            members = computed.league_of(now, self.desk, league)
            for row in today.rows:
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
        """Those of the offices that are pooled in a row."""
        owners = members.rows.get("office_code", {})
        return [
            ticket
            for office, named in self.tickets.items()
            if owners.get(office) == code
            for ticket in named
        ]


def rows(body: bytes) -> dict[str, RowView]:
    try:
        return {row.office_code: row for row in read_ranking(body).rows}
    except ValueError:
        return {}


def differing(sealed: RowView | None, now: RowView) -> Iterator[tuple[str, object, object]]:
    """Which numbers of a row differ, each by its name with dots."""
    was, value = (
        flat(msgspec.to_builtins(sealed) if sealed else {}),
        flat(msgspec.to_builtins(now)),
    )
    for name in value:
        if was.get(name) != value[name]:
            yield name, was.get(name), value[name]


def flat(members: Mapping[str, object], before: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in members.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{name}.")
        else:
            found[before + name] = value
    return found
