"""What is put on record, and read into memory, before the first request."""

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import service as access
from app.callbacks.models import Assessment
from app.city import OF_CITIZENS, City
from app.duties.load import Known, read_centres, read_duties
from app.kit import clock, db
from app.kit.cipher import Cipher
from app.kit.db import Limits, Sessions
from app.kit.host import roles
from app.kit.instants import recording
from app.offices import seed
from app.offices import service as offices
from app.offices.catalogue import Catalogue
from app.offices.directory import OfficeEntry
from app.policy import idle, record
from app.policy.documents import Policies
from app.rankings import registry
from app.routing.load import make_router, read_areas
from app.settings import Settings
from app.suggest.load import make_suggester
from app.tickets import citizens, renewal
from app.tickets.models import Ticket

logger = logging.getLogger(__name__)

ONE_AT_A_TIME = 0x5EED
POLICIES = Path(__file__).parent / "data" / "policy"


def read_policies(settings: Settings) -> Policies:
    """The shipped documents and the city's own. Refuses (PolicyRefused) a faulty one."""
    folders = [POLICIES, *([settings.policy_dir] if settings.policy_dir else [])]
    texts: dict[str, str] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        texts[path.stem] = path.read_text(encoding="utf-8")
    return Policies.read(texts)


def last_work(session: Session) -> datetime | None:
    """The instant at which a case was last worked by the rules; None in an empty database."""
    worked_at = (func.max(Ticket.updated_at), func.max(Assessment.recorded_at))
    instants = [session.scalar(select(newest)) for newest in worked_at]
    return max((instant for instant in instants if instant), default=None)


def note(settings: Settings) -> None:
    """Tell in the log what an operator should know: keys of the rules in force that are not in use
    yet, and a role of the database that may do too much."""
    logger.info(idle.notice(read_policies(settings).at(clock.utc())))
    engine = db.make_engine(settings.database, 1)
    try:
        with engine.connect() as connection:
            roles.warn_of_might(connection)
    finally:
        engine.dispose()


def prepare(settings: Settings) -> None:
    """Prepare a migrated database for the first request; a second time changes nothing.

    Refuses PolicyRefused, BadOverlay, BadWords, BadDutyList and BadAreas: the operator's files are
    checked before serving.
    """
    engine = db.make_engine(settings.database, 1, Limits(statement_ms=0))
    policies = read_policies(settings)
    try:
        with db.make_sessions(engine).begin() as session:
            session.execute(select(func.pg_advisory_xact_lock(ONE_AT_A_TIME)))
            now = recording(session, clock.utc)
            record.record(session, policies, now, last_work(session))
            seed.seed(session, now, overlay=settings.data_overlay)
            tabled = registry.tabled(session)
            if settings.data_overlay:
                check_overlay(offices.catalogue(session), tabled.offices, settings.data_overlay)
            registry.record(session, tabled, now)
            read_areas(settings.areas, tabled.offices)
            secret, former = settings.secret_key, settings.former_secret_key
            access.keep_secret(session, secret, former, now)
            if settings.admin_key:
                access.keep_admin(session, secret, settings.admin_key, now, former)
        encipher_citizens(db.make_sessions(engine), secret, former)
    finally:
        engine.dispose()


def check_overlay(
    catalogue: Catalogue, directory: Mapping[str, OfficeEntry], overlay: Path
) -> None:
    """Refuses BadWords and BadDutyList."""
    make_suggester(catalogue, overlay)
    known = Known.of(catalogue, directory)
    read_duties(known, overlay)
    read_centres(known, overlay)


def encipher_citizens(sessions: Sessions, secret: bytes, former: bytes = b"") -> None:
    """Encipher names and numbers that an older version wrote in plain text, and anew those under a
    former secret, some at a time."""
    cipher, count = Cipher(secret, OF_CITIZENS, former), 0
    with sessions.begin() as session:
        citizens.encipher_corrections(session, cipher)
    while True:
        with sessions.begin() as session:
            enciphered = citizens.encipher_some(session, cipher, secret)
        if not enciphered:
            break
        count += enciphered
        logger.info("citizens enciphered: %s", count)
    if former:
        renew_secret(sessions, cipher, secret)


def renew_secret(sessions: Sessions, cipher: Cipher, secret: bytes) -> None:
    """Encipher citizens anew; one that was cut off goes on where it stood."""
    number: str | None = ""
    while number is not None:
        with sessions.begin() as session:
            number = renewal.renew_citizens(session, cipher, secret, number)
        logger.info("citizens enciphered anew up to %s", number or "the last one")
    place: tuple[str, int] | None = ("", 0)
    while place is not None:
        with sessions.begin() as session:
            place = renewal.renew_corrections(session, cipher, place)


def make_city(session: Session, settings: Settings) -> City:
    """All that routing and the services hold in memory, read once."""
    policies = read_policies(settings)
    directory = offices.directory(session)
    gazetteer, catalogue = offices.gazetteer(session, directory), offices.catalogue(session)
    names = {code: office.name for code, office in directory.items()}
    router = make_router(gazetteer, catalogue, names, settings.areas)
    suggester = make_suggester(catalogue, settings.data_overlay)
    known = Known.of(catalogue, directory)
    return City(
        policies,
        catalogue,
        directory,
        router,
        suggester,
        settings.secret_key,
        settings.former_secret_key,
        duties=read_duties(known, settings.data_overlay),
        centres=read_centres(known, settings.data_overlay),
        communities=frozenset(place.code for place in gazetteer.places),
    )
