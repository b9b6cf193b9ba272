"""Workers of a service of the nursery are forked from that service's process, which has imported
all that they need: its own children, with handles, variables and signals as those started anew."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from runpy import run_module
from traceback import print_exc
from typing import Any

import pytest
from prometheus_client import values
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.registry import REGISTRY

from app.kit.host.workers import Workers
from tests.aids.nursery import Living

STREAMS = 3


class Child(Living):
    """Forked from this process."""

    def __init__(self, live: Callable[[], None]) -> None:
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(code_of(live))
        self.line = os.pidfd_open(self.pid)

    def code(self) -> int:
        os.close(self.line)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def code_of(live: Callable[[], None]) -> int:
    """The exit code of a process that does this alone. What its parent was at is not ended."""
    try:
        live()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def fork_workers() -> None:
    pytest.MonkeyPatch().setattr(Workers, "begin", fork)


def fork(workers: Workers, arguments: Sequence[str], handles: Sequence[int]) -> Any:
    """In place of `python -m MODULE ARGUMENTS`."""

    def live() -> None:
        keep(handles)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        share_figures(str(workers.figures))
        sys.argv[1:] = arguments
        module = workers.command[-1]
        sys.modules.pop(module)  # its first lines are done by whom runs it
        run_module(module, run_name="__main__", alter_sys=True)

    return Child(live)


def keep(handles: Sequence[int]) -> None:
    """Closes all other handles but the standard streams; nothing can be read from the first."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    lowest = STREAMS
    for handle in sorted(handles):
        os.closerange(lowest, handle)
        lowest = handle + 1
    os.closerange(lowest, os.sysconf("SC_OPEN_MAX"))


def share_figures(folder: str) -> None:
    """Figures are kept in this folder, as in a process that begins with this variable."""
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    values.ValueClass = values.get_value_class()
    for figure in list(REGISTRY._collector_to_names):
        if isinstance(figure, MetricWrapperBase) and figure._is_observable():
            figure._metric_init()
