"""The people of the street's enforcement centre: posted staff are called through it, with the same
records as everybody (RULEBOOK D.14.4)."""

from collections.abc import Sequence

from app.duties.centres import ForceKind
from app.forces import service as forces
from app.forces.models import ForceMember
from app.kit.errors import Invalid
from app.kit.messages import Message
from app.whistles.acts.change import WhistleChange
from app.whistles.models import Summons


class NotInTheCentre(Invalid):
    title = "The centre answers for the people in its roster alone"


def of_office(change: WhistleChange, office_code: str) -> Sequence[ForceMember]:
    """The office's posted and on-call people in the centre of the street that blew it, now."""
    members = forces.members_at(change.session, change.whistle.street_code, change.now)
    return [
        each
        for each in members
        if each.office_code == office_code and each.kind is not ForceKind.CORE
    ]


def member(change: WhistleChange, summons: Summons, person: str) -> ForceMember | None:
    """The person in the roster, where the summons goes through the centre."""
    if not summons.through_centre:
        return None
    people = of_office(change, summons.office_code)
    return next((each for each in people if each.name == person), None)


def check_person(change: WhistleChange, summons: Summons, person: str) -> None:
    """Refuses (NotInTheCentre) another than its people where the centre reports somebody in."""
    by_centre = change.caller is not None and change.caller.office_code != summons.office_code
    if by_centre and member(change, summons, person) is None:
        office = change.city.offices[summons.office_code].name
        detail = Message(
            "{person} of {office} is not in the centre's roster", person=person, office=office
        )
        raise NotInTheCentre(detail, errors=[{"pointer": "/person", "detail": detail}])
