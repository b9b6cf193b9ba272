"""Errors of the system and of libraries in our words: their own are English."""

import errno
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from app.kit.messages.marks import Texts, template

Words = tuple[str, dict[str, object]]
"""A template and its parts."""

OF_SYSTEM: Texts = {
    "ENOENT": "there is no such file",
    "EACCES": "this user may not use it",
    "EPERM": "this user may not use it",
    "EISDIR": "it is a folder",
    "ENOTDIR": "it lies in no folder",
    "ENOSPC": "the disk is full",
    "EROFS": "the disk may only be read",
    "EADDRINUSE": "another program has it",
    "EADDRNOTAVAIL": "this machine has no such address",
}
PLACE = re.compile(r"line (\d+), column (\d+)")
BYTE = re.compile(r"\(byte (\d+)\)")
MEMBER = re.compile(r"`\$([^`]*)`$")
LACKING = re.compile(r"missing required field `([^`]+)`")


def words_of(error: Exception) -> Words:
    """What is wrong, and where, as far as the error says it."""
    return next(tell for kind, tell in KINDS.items() if isinstance(error, kind))(error)


def of_system(error: OSError) -> Words:
    code = errno.errorcode.get(error.errno or 0, "")
    words = OF_SYSTEM.get(code, template("error {code} of the system"))
    return words, {"code": code or str(error.errno or "")}


def of_json(error: json.JSONDecodeError) -> Words:
    words = template("no JSON at line {line}, column {column}")
    return words, {"line": error.lineno, "column": error.colno}


def of_toml(error: tomllib.TOMLDecodeError) -> Words:
    if place := PLACE.search(str(error)):
        words = template("no TOML at line {line}, column {column}")
        return words, {"line": place[1], "column": place[2]}
    return template("no TOML at its end"), {}


def of_utf8(error: UnicodeDecodeError) -> Words:
    return template("no UTF-8 at byte {byte}"), {"byte": error.start}


def of_form(error: msgspec.ValidationError) -> Words:
    text = str(error)
    place = MEMBER.search(text)
    member = place[1].strip(".") if place else ""
    if lacking := LACKING.search(text):
        name = f"{member}.{lacking[1]}" if member else lacking[1]
        return template("{name} is missing"), {"name": name}
    return template("{name} is not of its form"), {"name": member}


def of_message(error: msgspec.DecodeError) -> Words:
    if byte := BYTE.search(str(error)):
        return template("no JSON at byte {byte}"), {"byte": byte[1]}
    return template("no JSON"), {}


def of_depth(_: RecursionError) -> Words:
    return template("nested too deeply"), {}


def of_another(_: Exception) -> Words:
    return template("a value that cannot be read"), {}


KINDS: Mapping[type[Exception], Callable[[Any], Words]] = {
    OSError: of_system,
    json.JSONDecodeError: of_json,
    tomllib.TOMLDecodeError: of_toml,
    UnicodeDecodeError: of_utf8,
    msgspec.ValidationError: of_form,
    msgspec.DecodeError: of_message,
    RecursionError: of_depth,
    Exception: of_another,
}
"""The narrower kinds first."""
