"""Settings: the operator's JIESU_* variables."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FilePath,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict
from sqlalchemy.exc import ArgumentError

from app.attachments.kinds import MediaType
from app.kit.address import psycopg_url
from app.kit.host import embedded, kept_secrets
from app.kit.messages import Message, reason_of
from app.kit.web.faults import words

PREFIX = "JIESU_"
STREAM_CONNECTIONS = 4
"""For exports, however slowly their clients read."""
OWN_CONNECTIONS = 7
"""One for each act of the background that asks the database."""
AT_ONCE = 2
"""Groups of new requests that a worker takes in at once, at most: one, but beside one that takes
long."""
LOOKS = 3
"""One connection for what tells readiness, one for figures, one for who waits for something new."""
LEAST_VARIETY = 8  # different bytes or characters; chance gives a true secret far more


Secret = Annotated[bytes, BeforeValidator(kept_secrets.decoded)]


class BadSettings(Exception):
    """A wrong variable and the reason, in one line for the operator."""


def checked_url(value: str) -> str:
    try:
        backend = psycopg_url(value).get_backend_name() if "://" in value else ""
    except (ArgumentError, ValueError):
        backend = ""
    if not value.startswith("postgres") or not backend:
        raise ValueError(Message("must be a URL such as postgresql://user:password@host/database"))
    return value


def checked_address(value: str) -> str:
    if value and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?", value):
        raise ValueError(Message("must be an address such as https://12345.example.gov.cn"))
    return value


def checked_key(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9._~-]{24,200}", value):
        raise ValueError(Message("must be 24 to 200 characters of A-Z a-z 0-9 . _ ~ -"))
    return value


def split_origins(value: object) -> object:
    """`https://a.example, https://b.example`, or `*` alone."""
    if not isinstance(value, str):
        return value
    names = tuple(filter(None, (name.strip().rstrip("/") for name in value.split(","))))
    for name in names:
        if names != ("*",) and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", name):
            raise ValueError(
                Message("must be origins such as https://desk.example.gov.cn, or * alone")
            )
    return names


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = Field(1, ge=1, le=64)
    data_dir: Path = Path("var")
    database_url: Annotated[str, BeforeValidator(checked_url)] | None = Field(None, repr=False)
    secret_key: Secret = Field(b"", repr=False)
    former_secret_key: Secret = Field(b"", repr=False)
    """The secret that `secret_key` takes the place of."""
    admin_key: Annotated[str, AfterValidator(checked_key)] = Field("", repr=False)
    policy_dir: Path | None = None
    data_overlay: Path | None = None
    """A city's own offices, names, population, categories and rules, see `offices.overlay`."""
    pool_size: int = Field(32, ge=2, le=500)
    """Connections to the database, and threads that may ask for one, in each worker."""
    areas: FilePath | None = None
    """GeoJSON of the streets' polygons, by nine-digit code."""
    public_url: Annotated[str, AfterValidator(checked_address)] = ""
    """The service's address as telephones reach it; else as each request names it."""
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(split_origins)] = ()
    """Other sites whose pages may ask the API; none, if not said otherwise."""
    sweep_seconds: float = Field(5, gt=0, le=3600)
    learn_seconds: float = Field(1, gt=0, le=3600)
    """The interval at which each process learns new routing lessons from the database."""
    rate_per_key: float = Field(0, ge=0)
    rate_per_address: float = Field(0, ge=0)
    """Requests a second, of each worker; 0: as many as come."""
    file_mb: int = Field(10, ge=1, le=1_000)
    audio_mb: int = Field(20, ge=1, le=1_000)
    video_mb: int = Field(100, ge=1, le=1_000)
    """Millions of bytes that a ticket's picture or document, sound and film may have."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def connections(self) -> int:
        """To the database, of each worker at most: requests', the background's, those of intake's
        groups, the streams', and three looks'."""
        return self.pool_size + OWN_CONNECTIONS + AT_ONCE + STREAM_CONNECTIONS + LOOKS

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @property
    def database(self) -> str:
        """The URL of the database in use, by the service's user."""
        return self.database_url or embedded.service_url(self.data_dir)

    @property
    def migrating_database(self) -> str:
        """The same by the user who migrates it; with a database of your own the one who is
        given."""
        return self.database_url or embedded.url(self.data_dir)

    @property
    def admin_key_file(self) -> Path:
        return self.data_dir / "admin.key"

    @property
    def keeps_admin_key(self) -> bool:
        """Whether the administrator's key is the one in the file."""
        file = self.admin_key_file
        return self.embedded and file.exists() and file.read_text().strip() == self.admin_key

    @property
    def attachments(self) -> Path:
        """The folder of the tickets' files."""
        return self.data_dir / "attachments"

    @property
    def most_bytes(self) -> Mapping[MediaType, int]:
        """Of a file of each kind."""
        mb = {"audio": self.audio_mb, "video": self.video_mb}
        return {kind: mb.get(kind.family, self.file_mb) * 1_000_000 for kind in MediaType}

    @property
    def secret_key_file(self) -> Path:
        return self.data_dir / "secret.key"

    @model_validator(mode="after")
    def _policies_are_there(self) -> Self:
        if self.policy_dir and not self.policy_dir.is_dir():
            raise ValueError(
                Message(
                    "{prefix}POLICY_DIR: {policy_dir} is no directory",
                    prefix=PREFIX,
                    policy_dir=self.policy_dir,
                )
            )
        return self

    @model_validator(mode="after")
    def _overlay_is_there(self) -> Self:
        if self.data_overlay and not self.data_overlay.is_dir():
            raise ValueError(
                Message(
                    "{prefix}DATA_OVERLAY: {data_overlay} is no directory",
                    prefix=PREFIX,
                    data_overlay=self.data_overlay,
                )
            )
        return self

    @model_validator(mode="after")
    def _own_database_stays_at_home(self) -> Self:
        if self.embedded and not is_loopback(self.host):
            raise ValueError(
                Message(
                    "{prefix}HOST: {host} is seen from other machines, and the embedded database is"
                    " not made for that; set {prefix}DATABASE_URL or serve on 127.0.0.1",
                    prefix=PREFIX,
                    host=self.host,
                )
            )
        return self

    @model_validator(mode="after")
    def _given_database_has_true_secrets(self) -> Self:
        if self.embedded:
            return self
        if not self.secret_key:
            raise ValueError(
                Message(
                    "{prefix}SECRET_KEY is needed with {prefix}DATABASE_URL;"
                    " make one with: openssl rand -base64 32",
                    prefix=PREFIX,
                )
            )
        refuse_weak(SECRET=self.secret_key, ADMIN=self.admin_key)
        return self


def refuse_weak(**given: bytes | str) -> None:
    for name, secret in given.items():
        if secret and len(set(secret)) < LEAST_VARIETY:
            raise ValueError(
                Message("{prefix}{name}_KEY is weak: it repeats itself", prefix=PREFIX, name=name)
            )


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def load(begins: bool = True) -> Settings:
    """This process's settings; kept secrets included, if embedded.

    Raises BadSettings; where it `begins` nothing, also for a data directory without a database: a
    secret that was made there would open nothing elsewhere.
    """
    refuse_unknown(EnvSettingsSource(Settings).env_vars)
    try:
        given = Settings()
    except ValidationError as refused:
        raise BadSettings(first_fault(refused)) from None
    if not given.embedded:
        return given
    if not begins and not embedded.is_made(given.data_dir):
        raise BadSettings(
            Message(
                "{prefix}DATA_DIR: there is no database in {data_dir};"
                " `jiesu serve` or `jiesu seed` begins one",
                prefix=PREFIX,
                data_dir=given.data_dir.absolute(),
            )
        )
    return with_kept_secrets(given)


def refuse_unknown(names: Iterable[str]) -> None:
    """A misspelt name would otherwise be a setting that silently does nothing."""
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    for name in sorted({name.upper() for name in names} - known):
        if name.startswith(PREFIX):
            raise BadSettings(Message("{name}: there is no such setting", name=name))


def first_fault(refused: ValidationError) -> Message:
    """The first fault's message; never the value itself, which may be a secret."""
    first = refused.errors()[0]
    if not first["loc"]:
        return words(first)
    name = f"{PREFIX}{str(first['loc'][0]).upper()}"
    return Message("{name}: {fault}", name=name, fault=words(first))


def with_kept_secrets(given: Settings) -> Settings:
    """Take missing secrets from the data directory; they are made there on first use."""
    try:
        kept = {
            "secret_key": given.secret_key or kept_secrets.secret_in(given.secret_key_file),
            "admin_key": given.admin_key or kept_secrets.key_in(given.admin_key_file),
        }
    except (OSError, ValueError) as error:
        raise BadSettings(
            Message(
                "{prefix}DATA_DIR: no secret in {data_dir}: {error}",
                prefix=PREFIX,
                data_dir=given.data_dir,
                error=reason_of(error),
            )
        ) from None
    return given.model_copy(update=kept)
