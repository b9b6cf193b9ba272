"""Location → decision with its reason: dispatch, or a person looks, or more is asked."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from app.routing.areas import Areas
from app.routing.decision import Candidate, Decision, DecisionKind, Query, Thresholds, rounded
from app.routing.given import TO_A_CENTRE, TO_A_STREET, Catalogue, Duty, Gazetteer
from app.routing.locate import DISTRICT_DIGITS, Location, Locator
from app.routing.memory import Key, Lesson, Memory
from app.routing.positions import Lies
from app.routing.questions import MOST_ASKED, candidates_of, question, understood_of
from app.routing.reading.elsewhere import Abroad, ForeignName
from app.routing.reading.names import (
    PLACES,
    FormerDistrict,
    Landmark,
    Lexicon,
    Meaning,
    change_days,
    meanings,
)
from app.routing.reading.scene import Scene, understand
from app.routing.reading.spots import Spot
from app.routing.reasons import Reason, tell
from app.routing.record import Record
from app.routing.spelling import Sounds, Spellings
from app.routing.teaching.teachable import Generic
from app.routing.teaching.teachers import Teachers
from app.routing.weighing.grounds import OlderPlace, lay, learn
from app.routing.weighing.ranker import Ranker
from app.routing.weighing.traits import key_of
from app.routing.witnesses import NEARBY, Witness

SHOWN = 5
"""Candidates that a dispatcher is shown, and that a ticket keeps."""

BECAUSE = {"street": "named", "memory": "went", "coordinates": "lies"}
"""The code of a dispatch's reason, by method."""


class Verdict(Struct, frozen=True, gc=False):
    """The decision by the place alone: a street, its district's queue, or a question."""

    decision: DecisionKind
    method: str
    reason: Reason
    queue: str | None = None


class Beyond(NamedTuple):
    """Names beside the gazetteer's: other cities, Beijing's former districts, words that are no
    place's name, places' older names, landmarks, the sounds of characters, and where streets lie.
    `version` differs for other content."""

    elsewhere: Sequence[ForeignName] = ()
    former: Sequence[FormerDistrict] = ()
    generic: Generic = Generic()
    older: Sequence[OlderPlace] = ()
    landmarks: Sequence[Landmark] = ()
    sounds: Sounds = MappingProxyType({})
    positions: Sequence[Lies] = ()
    version: str = ""


class NamedPlace(NamedTuple):
    """A place as a lesson has it: whether a building is told behind it is asked of, too, before
    the lesson is learned."""

    key: Key
    built: bool


NOTHING_BEYOND = Beyond()
USUAL = Thresholds("usual", accept=0.85, margin=0.10)


class Router:
    """Address → office. Made once; `route` only reads it, `learn` makes it wiser.

    `office_names` are the departments' and enterprises', for the answer to name them; `areas` the
    streets' polygons, where a city brings them.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        catalogue: Catalogue,
        office_names: Mapping[str, str],
        ranker: Ranker,
        beyond: Beyond = NOTHING_BEYOND,
        areas: Areas | None = None,
    ) -> None:
        self.gazetteer = gazetteer
        self.catalogue = catalogue
        self.beyond = beyond
        self.abroad = Abroad.of(beyond.elsewhere)
        self.days = change_days(gazetteer)
        today = [*self.meanings(date.max)]
        self.lexicons = {len(self.days): Lexicon(today)}
        self.names = {
            **office_names,
            **{district.code: district.name for district in gazetteer.districts},
            **{street.code: street.name for street in gazetteer.streets},
        }
        times = Counter(street.name for street in gazetteer.streets)
        self.shared = {name for name, count in times.items() if count > 1}
        """Names that streets of two districts have."""
        self.grounds = lay(gazetteer, beyond.older)
        self.memory = Memory()
        self.records = Record(ranker.judges[0].enough), Record(ranker.judges[1].enough)
        self.teachers = Teachers()
        spellings = Spellings(today, beyond.sounds)
        self.locator = Locator(
            *(self.grounds, ranker, self.names, self.memory, self.abroad, self.records, spellings),
            beyond.positions,
            areas,
        )
        self.learned_to = (0, 0)
        """The last lesson learned: the version of the memory in every decision."""
        # Whether so many lessons follow the next one that what is said before it never counts: then
        # names are taken in when it has caught up, those that stay.
        self.is_behind = False
        self.changed: dict[Key, None] = {}  # names to be taken in, in order
        self.lag = 0.0
        """For how many seconds the next lesson has been waiting."""
        self.learning = Lock()
        """Held while new lessons are read: each lesson is learned once."""

    def route(self, query: Query, policy: Thresholds = USUAL, on: date = date.max) -> Decision:
        """The decision for a request as of a Beijing day, by all names of today where none is
        given; refuses no text."""
        place = self.locator.locate(self.lexicon(on), query, policy, on)
        verdict = self.judge(place, policy)
        duty = self.duty(query, place, on)
        if duty.target_kind == TO_A_STREET:
            office = place.best if verdict.decision is DecisionKind.DISPATCH else None
            return self.answer(place, policy, (duty, verdict, verdict, office))
        judged, office = self.to_department(place, verdict, duty)
        return self.answer(place, policy, (duty, verdict, judged, office))

    def learn(
        self,
        lesson: Lesson,
        key: Key,
        street_code: str,
        on: date,
        teacher: str | None = None,
        built: bool = False,
    ) -> None:
        """Learn from a confirmed dispatch, an upheld objection or an order to forget; a name that
        can be no place of its own teaches nothing, nor does an office whose upheld objections
        are turned round (`teacher`). `built`: a building was told behind the name."""
        if not self.teachers.is_heard(lesson, key, street_code, teacher):
            return
        if lesson is Lesson.CONFIRM and not self.can_teach(key.name):
            return
        if not self.is_behind:
            self.catch_up()
        if lesson is Lesson.CONFIRM:
            self.note(NamedPlace(key, built), street_code, on)
        changed = self.memory.learn(lesson, key, street_code, on)
        self.changed.update((place._replace(number=None), None) for place in changed)
        if not self.is_behind:
            self.catch_up()

    def catch_up(self) -> None:
        """Take in the names that memory has learned or forgotten."""
        changed, self.changed = self.changed, {}
        learn(self.grounds, self.memory, changed)

    def note(self, place: NamedPlace, street_code: str, on: date) -> None:
        """Ask of a place before its lesson is learned, where the answer still counts."""
        if self.is_behind:
            self.locator.pass_over()
        else:
            self.locator.note(self.lexicon(on), place.key, street_code, place.built)

    def key(self, text: str, street_code: str, on: date) -> Key | None:
        """How the place of a text would be remembered for a street; None where none is named."""
        place = self.named_place(text, street_code, on)
        return place.key if place else None

    def named_place(self, text: str, street_code: str, on: date) -> NamedPlace | None:
        """The same, with what else a lesson has of the text."""
        scene = self.scene(text, on)
        spot = place_of(scene)
        if spot is None or not self.can_teach(spot.name):
            return None
        return NamedPlace(key_of(spot, street_code[:6]), scene.is_built)

    def can_teach(self, name: str) -> bool:
        """Whether a name can be a place of its own, or holds one that the gazetteer knows."""
        return self.beyond.generic.is_place(name) or any(
            find.kinds & PLACES for find in self.lexicon(date.max).find(name)
        )

    def place(self, text: str, on: date) -> tuple[str | None, Spot | None]:
        """The district and the place that a text names, each None where it names none."""
        scene = self.scene(text, on)
        return scene.district, place_of(scene)

    def scene(self, text: str, on: date) -> Scene:
        return understand(self.lexicon(on), self.abroad, Query(text))

    def lexicon(self, on: date) -> Lexicon:
        """The names in force on a day; made when first asked for."""
        era = bisect_right(self.days, on)
        if era not in self.lexicons:
            day = self.days[era - 1] if era else date.min
            self.lexicons[era] = Lexicon(self.meanings(day))
        return self.lexicons[era]

    def meanings(self, day: date) -> Iterator[tuple[str, Meaning]]:
        names = [foreign.name for foreign in self.beyond.elsewhere]
        return meanings(self.gazetteer, day, names, self.beyond.former, self.beyond.landmarks)

    def duty(self, query: Query, place: Location, on: date) -> Duty:
        """The duty for a matter here by the catalogue (D.5 R1)."""
        area = None if place.conflict else place.known_best or place.district_code
        return self.catalogue.find(query.category, f"{query.title}\n{query.content}", area, on)

    def judge(self, place: Location, policy: Thresholds) -> Verdict:
        """RULEBOOK D.5 R3 to R5, for the place alone."""
        witness = place.witness
        method = witness.method if witness else "none"
        if place.outside:
            why = Reason("outside", {"place": place.outside})
            return Verdict(DecisionKind.PERSON, "outside", why)
        if place.conflict:
            return Verdict(DecisionKind.PERSON, method, place.conflict)
        if witness is None or witness.is_faint:
            return self.unknown(place)
        first, second = place.first_two
        if first >= place.enough and first - second >= policy.margin:
            return Verdict(DecisionKind.DISPATCH, method, self.because(witness))
        return Verdict(DecisionKind.PERSON, method, self.doubt(witness))

    def because(self, witness: Witness) -> Reason:
        code = BECAUSE.get(witness.method, "belongs")
        return Reason(code, {"why": witness.why, "street": self.name(witness.best)})

    def doubt(self, witness: Witness) -> Reason:
        return Reason("doubt", {"why": witness.why, "streets": self.labels(witness)})

    def labels(self, witness: Witness) -> list[str]:
        """The likeliest streets with their chances."""
        likeliest = witness.ranked[:MOST_ASKED]
        return [f"{self.label(code)} ({score:.2f})" for code, score in likeliest if score > 0]

    def unknown(self, place: Location) -> Verdict:
        """The street is not known: what lies near the point is shown, and decides nothing."""
        near = place.witness if place.witness and place.witness.method == NEARBY else None
        district = place.district_code
        if district is not None:
            parts = {"district": self.name(district)}
            if near is not None:
                why = Reason("district_nearby", parts | {"streets": self.labels(near)})
            else:
                why = Reason("district", parts)
            return Verdict(DecisionKind.PERSON, "district", why, district)
        if near is not None:
            return Verdict(DecisionKind.PERSON, NEARBY, self.doubt(near))
        return Verdict(DecisionKind.NEED_INFO, "none", Reason("nothing"))

    def to_department(
        self, place: Location, verdict: Verdict, duty: Duty
    ) -> tuple[Verdict, str | None]:
        """A department's or enterprise's duty: dispatched when the office is certain. The duty of
        a district's centre waits in its queue."""
        if place.outside:
            return verdict, None
        if duty.needs_district and (place.conflict or place.district_code is None):
            kind = DecisionKind.PERSON if place.conflict else DecisionKind.NEED_INFO
            why = place.conflict or Reason("duty_without_district")
            return Verdict(kind, "catalogue", why), None
        office = duty.lead_code(place.district_code)
        why = Reason("duty", {"office": self.name(office or "")})
        if duty.target_kind == TO_A_CENTRE:  # it only forwards (D.5 R4)
            return Verdict(DecisionKind.PERSON, "catalogue", why, office), None
        return Verdict(DecisionKind.DISPATCH, "catalogue", why), office

    def answer(
        self,
        place: Location,
        policy: Thresholds,
        judged: tuple[Duty, Verdict, Verdict, str | None],
    ) -> Decision:
        duty, of_place, verdict, office = judged
        street = place.best if of_place.decision is DecisionKind.DISPATCH else None
        first = 1.0 if office and office != street else place.first_two[0]
        ranked = place.witness.ranked[:SHOWN] if place.witness else ()
        name = self.names.get
        return Decision(
            decision=verdict.decision,
            office_code=office,
            office_name=self.name(office) if office else None,
            confidence=rounded(first),
            method=verdict.method,
            reason=tell(verdict.reason),
            explained=verdict.reason,
            understood=understood_of(place),
            ask=self.question(place, verdict),
            evidence=place.spans,
            candidates=tuple(
                [
                    Candidate(
                        code, name(code, code), rounded(score), name(code[:DISTRICT_DIGITS], "")
                    )
                    for code, score in ranked
                ]
            ),
            district_code=place.district_code,
            community_code=place.community_code if street else None,
            street_code=street,
            gazetteer=self.gazetteer.version,
            ranker=self.locator.ranker.version,
            names=self.beyond.version,
            policy=policy.name,
            memory=f"{self.learned_to[0]}.{self.learned_to[1]}",
            joint_office_codes=duty.joint_codes(place.district_code),
            informed_office_codes=(street,) if street and duty.informs_street else (),
            catalogue_rule=duty.rule_id,
            queue=verdict.queue,
            place=place.place,
            is_named=place.is_named,
        )

    def name(self, code: str) -> str:
        return self.names.get(code, code)

    def label(self, code: str) -> str:
        """An office's name, with its district's where another has the same."""
        name = self.name(code)
        return f"{name}（{self.name(code[:DISTRICT_DIGITS])}）" if name in self.shared else name

    def question(self, place: Location, verdict: Verdict) -> Reason | None:
        """What the caller may be asked; nothing where the matter is dispatched."""
        if verdict.decision is DecisionKind.DISPATCH or place.outside:
            return None
        return question(place, [self.label(code) for code, _ in candidates_of(place)])


def place_of(scene: Scene) -> Spot | None:
    """The place, where one of Beijing is named."""
    is_ours = scene.spot is not None and scene.spot.name and not scene.elsewhere
    return scene.spot if is_ours else None
