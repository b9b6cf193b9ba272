"""What a server and its database took of the machine: CPU and memory."""

from pathlib import Path
from typing import NamedTuple

import psutil

MEGABYTE = 2**20
FORGET_THE_PEAK = "5"


class Usage(NamedTuple):
    """CPU seconds up to now."""

    server: float
    database: float

    def since(self, former: "Usage") -> "Usage":
        return Usage(self.server - former.server, self.database - former.database)


def used(server: int, postmaster: int) -> Usage:
    return Usage(of_family(server), of_family(postmaster))


def of_family(process: int) -> float:
    """A process and all below it, those that have ended included."""
    head = psutil.Process(process)
    ended = head.cpu_times()
    total = ended.children_user + ended.children_system
    for one in (head, *head.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return float(total)


def forget_peak(process: int) -> None:
    """Where the system can: peaks from now on are of what comes."""
    try:
        for one in family(process):
            Path(f"/proc/{one}/clear_refs").write_text(FORGET_THE_PEAK)
    except OSError:
        return


def peak(process: int) -> float:
    """Megabytes that a server's processes held at the most, since the peak was forgotten."""
    return sum(map(peak_of_one, family(process)))


def family(process: int) -> list[int]:
    head = psutil.Process(process)
    return [head.pid, *(child.pid for child in head.children(recursive=True))]


def peak_of_one(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / MEGABYTE
    except (OSError, IndexError):
        return float(psutil.Process(process).memory_info().rss) / MEGABYTE
