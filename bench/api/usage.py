"""CPU and memory of a server and its database."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

MEGABYTE = 2**20
FORGET_THE_PEAK = "5"


class Usage(NamedTuple):
    """CPU seconds since the start."""

    server: float
    database: float

    def since(self, former: "Usage") -> "Usage":
        return Usage(self.server - former.server, self.database - former.database)


Family = Sequence[psutil.Process]
"""A process and all below it: to look for them is to look through all processes."""


def family(process: int) -> Family:
    head = psutil.Process(process)
    return [head, *head.children(recursive=True)]


def used(server: Family, postmaster: int) -> Usage:
    return Usage(of_members(server), of_family(postmaster))


def of_family(process: int) -> float:
    return of_members(family(process))


def of_members(members: Family) -> float:
    """CPU seconds of a process and all below it, ended ones included."""
    ended = members[0].cpu_times()
    total = ended.children_user + ended.children_system
    for member in members:
        try:
            times = member.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return float(total)


def forget_peak(members: Family) -> None:
    """Begins a new peak of memory, if the system can."""
    try:
        for member in members:
            Path(f"/proc/{member.pid}/clear_refs").write_text(FORGET_THE_PEAK)
    except OSError:
        return


def peak(members: Family) -> float:
    """The peak of a server's memory, in megabytes, since it was forgotten."""
    return sum(peak_of_process(member.pid) for member in members)


def peak_of_process(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / MEGABYTE
    except (OSError, IndexError):
        return float(psutil.Process(process).memory_info().rss) / MEGABYTE
