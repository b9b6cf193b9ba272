"""Evidence → a decision that says why: dispatch, or a person must look, or more must be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from app.offices.catalogue import Catalogue, Duty, TargetKind
from app.offices.gazetteer import Gazetteer
from app.routing.decision import Candidate, Decision, DecisionKind, Query, Thresholds
from app.routing.evidence import Location, locate
from app.routing.names import Lexicon, meanings
from app.routing.text import read

SHOWN = 5
"""Candidates that a dispatcher is shown, and that a ticket keeps."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the place alone: a street, its district's queue, or a question."""

    decision: DecisionKind
    reason: str
    method: str
    queue: str | None = None


@dataclass(slots=True)
class Router:
    """Address → office. Made once; `route` only reads it.

    `office_names` are the departments' and enterprises', for the answer to name them.
    """

    gazetteer: Gazetteer
    catalogue: Catalogue
    office_names: Mapping[str, str] = field(default_factory=dict)
    lexicons: dict[date, Lexicon] = field(default_factory=dict)

    def __post_init__(self) -> None:
        districts = {one.code: one.name for one in self.gazetteer.districts}
        streets = {one.code: one.name for one in self.gazetteer.streets}
        self.office_names = {**self.office_names, **districts, **streets}

    def route(self, query: Query, policy: Thresholds, on: date) -> Decision:
        """The decision for one request as of a Beijing day; never refuses any text."""
        reading = read(query.text)
        location = locate(reading, self.lexicon(on).find(reading.text), query.district_code)
        duty = self.duty(query, location, on)
        if duty.target_kind is TargetKind.STREET:
            return self.to_street(location, policy, duty)
        return self.to_department(location, policy, duty)

    def lexicon(self, on: date) -> Lexicon:
        if on not in self.lexicons:
            self.lexicons[on] = Lexicon(meanings(self.gazetteer, on))
        return self.lexicons[on]

    def duty(self, query: Query, location: Location, on: date) -> Duty:
        """What the catalogue says of a matter here (D.5 R1)."""
        area = location.best or location.district_code
        return self.catalogue.find(query.category, f"{query.title} {query.content}", area, on)

    def to_street(self, location: Location, policy: Thresholds, duty: Duty) -> Decision:
        verdict = self.judge(location, policy)
        sent = verdict.decision is DecisionKind.DISPATCH
        office = location.best if sent else None
        return self.answer(location, policy, duty, verdict, office)

    def to_department(self, location: Location, policy: Thresholds, duty: Duty) -> Decision:
        """A department's, enterprise's or district's duty: dispatched when its office can be told."""
        office = duty.lead_code(location.district_code)
        if office is None:
            why = "the catalogue gives this matter to a district's department, and the district is not known"
            verdict = Verdict(DecisionKind.NEED_INFO, why, "catalogue")
        else:
            why = f"the catalogue gives this matter to {self.name(office)}"
            verdict = Verdict(DecisionKind.DISPATCH, why, "catalogue")
        return self.answer(location, policy, duty, verdict, office)

    def judge(self, location: Location, policy: Thresholds) -> Verdict:
        """RULEBOOK D.5 R3 to R5."""
        if location.conflict:
            return Verdict(DecisionKind.PERSON, location.conflict, location.method)
        if location.best is None:
            return self.unknown(location)
        first, second = location.first_two
        if first >= policy.accept and first - second >= policy.margin:
            why = f"{location.why} belongs to {self.name(location.best)}"
            return Verdict(DecisionKind.DISPATCH, why, location.method)
        why = (
            f"{location.why} may belong to {self.name(location.best)}, which is not certain enough"
        )
        return Verdict(DecisionKind.PERSON, why, location.method, location.district_code)

    def unknown(self, location: Location) -> Verdict:
        if location.district_code is None:
            return Verdict(DecisionKind.NEED_INFO, "no place of the city is named", "none")
        why = f"only {self.name(location.district_code)} is known, not the street"
        return Verdict(DecisionKind.PERSON, why, "district", location.district_code)

    def answer(
        self, place: Location, policy: Thresholds, duty: Duty, verdict: Verdict, office: str | None
    ) -> Decision:
        street = place.best if self.judge(place, policy).decision is DecisionKind.DISPATCH else None
        informed = {street, place.district_code} if duty.informs_street else {place.district_code}
        return Decision(
            decision=verdict.decision,
            office_code=office,
            office_name=self.name(office) if office else None,
            confidence=place.first_two[0] if duty.target_kind is TargetKind.STREET else 1.0,
            method=verdict.method,
            reason=verdict.reason,
            evidence=place.spans,
            candidates=tuple(
                Candidate(code, self.name(code), score) for code, score in place.ranked[:SHOWN]
            ),
            district_code=place.district_code,
            community_code=place.community_code,
            street_code=street,
            gazetteer=self.gazetteer.version,
            policy=policy.name,
            memory="",
            joint_office_codes=duty.joint_codes(place.district_code),
            informed_office_codes=tuple(sorted(code for code in informed if code)),
            catalogue_rule=duty.rule_id,
            queue=verdict.queue,
        )

    def name(self, code: str) -> str:
        return self.office_names.get(code, code)
