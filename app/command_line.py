"""The command line of `jiesu`, read and explained in the terminal's language."""

import argparse
import re
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from app.access.roles import Role
from app.kit.messages import Message, Texts, for_reader, reason_of, template

PURPOSES: Texts = {
    "serve": "Serve the API until SIGTERM, on a database of its own when none is given.",
    "migrate": "Bring the database to this version's migrations, and do nothing else.",
    "seed": "Bring database, offices, catalogue, policies and the administrator's key up to date.",
    "sweep": "Apply due changes and count finished days, as the service does every few seconds.",
    "import": "Take in finished cases of an older system: NDJSON, one a line.",
    "simulate": "Fill a past with an imagined city's requests, and let them live on until now.",
    "seal": "Seal a period's rankings for good, in the name of `jiesu seal`.",
    "verify": "Check a sealed period against the record, or a downloaded ranking by itself.",
    "audit": "Check the record: events, rows and days; each fault is a line of JSON.",
    "reroute": "Make a ticket's route again, as of its instant, and name the differences.",
    "route": "Route a text by all that is known now, and draw what was found; nothing is kept.",
    "key": "Make a key and show it, this once.",
}
PARSERS = (
    template("usage: "),
    template("options"),
    template("{heading}:"),
    template("positional arguments"),
    template("show this help message and exit"),
    template("{prog}: error: {message}\n"),
    template("argument {argument_name}: {message}"),
    template("invalid choice: {value} (choose from {choices})"),
    template("the following arguments are required: {which}"),
    template("one of the arguments {which} is required"),
    template("not allowed with argument {which}"),
    template("unrecognized arguments: {which}"),
    template("ambiguous option: {option} could match {matches}"),
    template("ignored explicit argument {which}"),
    template("expected one argument"),
)
"""The sentences of Python's parser that our command line can come to, in our form."""
PLACE = re.compile(r"%(?:\((\w+)\))?[sr]")


def in_our_form(sentence: str) -> str:
    """A sentence of the parser as a template: `%(prog)s` is `{prog}`, `%s` is `{which}`."""
    return PLACE.sub(lambda place: f"{{{place[1] or 'which'}}}", sentence)


def in_readers_words(sentence: str) -> str:
    """A sentence of the parser in the terminal's language, with its own places."""
    places = {place[1] or "which": place[0] for place in PLACE.finditer(sentence)}
    ours = in_our_form(sentence)
    return for_reader(Message(ours, **places)) if ours in PARSERS else sentence


def parser() -> argparse.ArgumentParser:
    """`command` of what it reads is one of PURPOSES."""
    vars(argparse)["_"] = in_readers_words
    whole = argparse.ArgumentParser(prog="jiesu", description=here("接诉: the hotline's service"))
    added = whole.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands = {name: command(added, name) for name in PURPOSES}
    commands["import"].add_argument("file", type=readable, metavar="FILE")
    plan_of(commands["simulate"])
    period_of(commands["seal"])
    checking = commands["verify"].add_mutually_exclusive_group(required=True)
    period_of(checking, nargs="?")
    checking.add_argument("--file", type=Path, metavar="FILE", help=here("a ranking as JSON"))
    commands["audit"].add_argument("what", choices=["verify"], metavar="verify")
    commands["reroute"].add_argument("number", metavar="NUMBER", help=here("a ticket's"))
    address_of(commands["route"])
    owner_of(commands["key"])
    return whole


def command(added: Any, name: str) -> argparse.ArgumentParser:
    purpose = here(PURPOSES[name])
    made: argparse.ArgumentParser = added.add_parser(name, help=purpose, description=purpose)
    return made


def plan_of(asked: argparse.ArgumentParser) -> None:
    days: dict[str, Any] = {"type": day, "required": True, "metavar": "DAY"}
    asked.add_argument("--from", dest="start", help=here("the first day of requests"), **days)
    asked.add_argument("--to", dest="end", help=here("the day after the last"), **days)
    asked.add_argument("--cases", type=count, default=20_000, help=here("how many requests"))
    asked.add_argument("--seed", type=count, default=7, help=here("which city"))
    asked.add_argument("--among-others", action="store_true", help=here("beside other tickets"))


def period_of(asked: argparse._ActionsContainer, **more: Any) -> None:
    asked.add_argument("period", metavar="PERIOD", help=here("like 2026-10"), **more)


def address_of(asked: argparse.ArgumentParser) -> None:
    asked.add_argument("text", metavar="TEXT", help=here("an address or a sentence"))
    asked.add_argument("--district", metavar="CODE", help=here("the caller's district"))


def owner_of(asked: argparse.ArgumentParser) -> None:
    roles = [role.value for role in Role]
    asked.add_argument("role", choices=roles, metavar="ROLE", help=", ".join(roles))
    asked.add_argument("--office", metavar="CODE", help=here("the office that the key acts for"))
    asked.add_argument("--label", required=True, help=here("whose it is, for the list of keys"))


def readable(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except OSError as fault:
        raise wrong(
            Message("{file} cannot be read: {reason}", file=name, reason=reason_of(fault))
        ) from None


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong(Message("{text} is no day such as 2026-10-01", text=text)) from None


def count(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,8}", text):
        raise wrong(Message("{text} is no number from 1 to 999999999", text=text))
    return int(text)


def wrong(why: Message) -> argparse.ArgumentTypeError:
    return argparse.ArgumentTypeError(for_reader(why))


def here(text: str) -> str:
    return for_reader(Message(text))
