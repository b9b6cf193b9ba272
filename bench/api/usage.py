"""CPU and memory of a server and its database."""

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


def used(server: int, postmaster: int) -> Usage:
    return Usage(of_family(server), of_family(postmaster))


def of_family(process: int) -> float:
    """CPU seconds of a process and all below it, ended ones included."""
    head = psutil.Process(process)
    ended = head.cpu_times()
    total = ended.children_user + ended.children_system
    for member in (head, *head.children(recursive=True)):
        try:
            times = member.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return float(total)


def forget_peak(process: int) -> None:
    """Begins a new peak of memory, if the system can."""
    try:
        for number in family(process):
            Path(f"/proc/{number}/clear_refs").write_text(FORGET_THE_PEAK)
    except OSError:
        return


def peak(process: int) -> float:
    """The peak of a server's memory, in megabytes, since it was forgotten."""
    return sum(map(peak_of_process, family(process)))


def family(process: int) -> list[int]:
    head = psutil.Process(process)
    return [head.pid, *(child.pid for child in head.children(recursive=True))]


def peak_of_process(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / MEGABYTE
    except (OSError, IndexError):
        return float(psutil.Process(process).memory_info().rss) / MEGABYTE
