"""Every table, for Alembic and the tests."""

from app.access.claims import Claim
from app.access.exports import Export
from app.access.jobs import Job
from app.access.models import ConsoleSession, Key, SecretMark
from app.attachments.models import Attachment
from app.callbacks.models import (
    Assessment,
    Callback,
    Correction,
    Dispute,
    Exclusion,
    ExclusionRequest,
)
from app.evaluations.models import (
    Book,
    EvaluationEvent,
    EvaluationStatement,
    PerformanceSeal,
    StreetSection,
)
from app.feed.models import Errand, FeedEntry, FeedHead
from app.forces.models import (
    Force,
    ForceDay,
    ForceEvent,
    ForceMark,
    ForceMember,
    ForceShift,
    ForceStatement,
)
from app.imports.models import ImportedCase
from app.kit.db import Base
from app.kit.host.health import Heartbeat
from app.kit.web.idempotency import IdempotencyKey
from app.offices.models import (
    CatalogueRuleRow,
    CategoryRow,
    DistrictRow,
    Office,
    OfficeName,
    PlaceRow,
    SeedFile,
)
from app.policy.record import PolicyDocument
from app.rankings.counting.days import ChangedDay, TalliedDay
from app.rankings.models import RegistryVersion, Seal, SealedFacts, SealedRanking
from app.rankings.versions import TableVersion
from app.routing.models import RoutingLesson
from app.seals.audit.days import ChainDay
from app.suggest.models import CategoryLesson
from app.tickets.citizens import Citizen
from app.tickets.disclosure import Disclosure
from app.tickets.events import Event, Statement
from app.tickets.models import ContactMade, Dispatch, Request, Ticket
from app.tickets.proceedings import Advice, Extension, Hold, Objection, Supervision
from app.tickets.search.models import SearchEntry, SearchMark, TelephoneSearch
from app.whistles.evaluation.models import WhistleMark
from app.whistles.events import WhistleEvent, WhistleStatement
from app.whistles.models import (
    ActionItem,
    Attendance,
    SignInCode,
    Summons,
    Whistle,
    WhistleParty,
    WhistleTicket,
)
from app.whistles.proposing.models import MissingWhistle

TABLES: tuple[type[Base], ...] = (
    PolicyDocument,
    DistrictRow,
    Office,
    OfficeName,
    PlaceRow,
    CategoryRow,
    CatalogueRuleRow,
    SeedFile,
    Key,
    ConsoleSession,
    Claim,
    Job,
    SecretMark,
    Export,
    IdempotencyKey,
    Heartbeat,
    FeedHead,
    FeedEntry,
    RoutingLesson,
    CategoryLesson,
    Ticket,
    Request,
    Citizen,
    Dispatch,
    ContactMade,
    Event,
    Statement,
    Objection,
    Extension,
    Hold,
    Supervision,
    Advice,
    Callback,
    Assessment,
    Exclusion,
    ImportedCase,
    Seal,
    SealedRanking,
    SealedFacts,
    ChainDay,
    RegistryVersion,
    TalliedDay,
    ChangedDay,
    TableVersion,
    ExclusionRequest,
    Dispute,
    Correction,
    Attachment,
    Disclosure,
    SearchEntry,
    SearchMark,
    TelephoneSearch,
    Book,
    EvaluationEvent,
    EvaluationStatement,
    PerformanceSeal,
    StreetSection,
    Force,
    ForceMember,
    ForceShift,
    ForceDay,
    ForceMark,
    ForceEvent,
    ForceStatement,
    Whistle,
    Summons,
    ActionItem,
    Attendance,
    WhistleParty,
    WhistleTicket,
    MissingWhistle,
    WhistleEvent,
    WhistleStatement,
    WhistleMark,
    SignInCode,
    Errand,
)
metadata = Base.metadata
