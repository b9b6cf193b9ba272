"""A plugin of pytest: the process that leads those which run tests imports nothing else that tests
need, so that they begin two seconds earlier."""

import gc
import os
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import pytest

from tests.aids import nursery, workers


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Who leads runs no test."""
    asked_for = early_config.known_args_namespace
    is_alone = not asked_for.numprocesses or asked_for.collectonly or asked_for.usepdb
    if not is_alone and "PYTEST_XDIST_WORKER" not in os.environ:
        asked_for.noconftest = True


@pytest.hookimpl(tryfirst=True)  # this plugin is there before xdist, whose own answer would win
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more than there are cores: some tests wait, for services, browsers and slow lines."""
    return (os.cpu_count() or 1) + 2


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A folder of this run's own: another run that begins closes pytest's common one to the user
    of the clusters that services make in it."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        config.option.basetemp = mkdtemp(prefix="jiesu-tests-")
        config.add_cleanup(lambda: rmtree(config.option.basetemp, ignore_errors=True))
    if nursery.PLACE not in os.environ:
        config.add_cleanup(nursery.opened().close)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """What is alive when pytest has looked for unraisable exceptions is not looked through again:
    by its second search, and when the process ends."""
    gc.freeze()


def pytest_xdist_setupnodes(config: pytest.Config, specs: list[Any]) -> None:
    """The tests are imported once for all workers; meanwhile their database is made."""
    folder = config.invocation_params.dir
    making = nursery.Birth([], dict(os.environ), str(folder), "tests.serving.migrated:made")
    config.add_cleanup(nursery.Process(making).close)
    stack, command = workers.opened(config.args, folder)
    config.add_cleanup(stack.close)
    for spec in specs:
        spec.python = command
