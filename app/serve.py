"""`jiesu serve`: the port, the database of its own where none is given, and what works on both,
each worker in a process of its own where there are several (`python -m app.serve HANDLES`)."""

import logging.config
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from app import loaded, settings
from app.kit.host import cluster, embedded, ending, port, terminal, workers
from app.kit.messages import Message, for_reader, reason_of
from app.kit.web import logs
from app.settings import Settings

WORKER = "app.worker"
SPARE_CONNECTIONS = 20  # beside the pools: for listeners, looks, and an operator's psql
TOLD_IN_ONE_LINE = (settings.BadSettings, cluster.CannotStart, port.CannotListen)


def run() -> None:
    terminal.speak()
    try:
        given = settings.load()
        logging.config.dictConfig(logs.config(given.log_level))
        serve(given)
    except TOLD_IN_ONE_LINE as refusal:
        sys.exit(f"jiesu: {for_reader(reason_of(refusal))}")


def serve(given: Settings) -> None:
    """Serves the API until SIGTERM; one worker works in this process."""
    port.allow_many_clients()
    with (
        ending.ended_in_order(),
        port.take_port(given.host, given.port) as listener,
        own_database(given),
    ):
        port.open_port(listener)
        port.announce(listener, lambda url: for_reader(greeting(given, url)))
        if given.workers == 1:
            loaded(WORKER).work(listener)
        else:
            workers.run([sys.executable, "-m", "app.serve"], given.workers, listener)
    sys.exit(ending.code())


@contextmanager
def own_database(given: Settings) -> Iterator[None]:
    connections = given.workers * given.connections + SPARE_CONNECTIONS
    running = embedded.running(given.data_dir, max_connections=connections)
    with running if given.embedded else nullcontext():
        yield


def greeting(given: Settings, url: str) -> Message:
    return Message(
        "Jiesu is ready on {url}; open it in a browser and sign in with a key: {key}",
        url=url,
        key=whose_key(given),
    )


def whose_key(given: Settings) -> Message:
    if given.keeps_admin_key:
        return Message("the administrator's key lies in {file}", file=given.admin_key_file)
    if given.admin_key:
        return Message("the administrator's key is JIESU_ADMIN_KEY")
    return Message("JIESU_ADMIN_KEY gives no administrator's key")


if __name__ == "__main__":
    loaded(WORKER).work_for(sys.argv[1:])
