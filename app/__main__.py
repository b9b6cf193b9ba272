"""The `jiesu` command. `serve` imports none of the other commands, so that the process that only
starts workers stays small, and comes up while the machine is busy."""

import sys

from app import loaded


def run() -> None:
    serves = sys.argv[1:] == ["serve"]
    loaded("app.serve" if serves else "app.commands").run()


if __name__ == "__main__":
    run()
