"""Documents of an office: a package of parts (OPC) that says what its main part is.

A package with macros is none of them, nor is one that needs a password.
"""

import zlib
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from os import SEEK_CUR, SEEK_END, SEEK_SET
from typing import Any
from xml.etree.ElementTree import ParseError, XMLPullParser
from zipfile import BadZipFile, ZipFile

from app.attachments.content import Content, NotSo

START = b"PK\x03\x04"
CONTENT_TYPES = "[Content_Types].xml"
OVERRIDE = "{http://schemas.openxmlformats.org/package/2006/content-types}Override"
MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
MACROS = "vbaproject.bin"
MOST_PARTS = 5_000
MOST_READ = 1_000_000
"""Bytes of a part that are looked at; a list of types is never longer."""

BROKEN = (BadZipFile, zlib.error, ParseError, KeyError, EOFError, OSError, RuntimeError, ValueError)
"""What a reader raises of a package that is none, that breaks off, or that needs a password."""


class Reading(RawIOBase):
    """A content as a file that is read from any place, without a copy of it."""

    def __init__(self, content: Content) -> None:
        self.content, self.at = content, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        self.at = {SEEK_SET: 0, SEEK_CUR: self.at, SEEK_END: len(self.content)}[whence] + offset
        return self.at

    def readinto(self, buffer: Any) -> int:
        part = self.content[self.at : self.at + len(buffer)]
        buffer[: len(part)] = part
        self.at += len(part)
        return len(part)


def is_docx(content: Content) -> bool:
    return is_package(content, MAIN.format("wordprocessingml.document"), "document")


def is_xlsx(content: Content) -> bool:
    return is_package(content, MAIN.format("spreadsheetml.sheet"), "workbook")


def is_package(content: Content, main_type: str, root: str) -> bool:
    """Whether a package's main part is of this type, and is XML with this root."""
    if content[: len(START)] != START:
        return False
    try:
        with ZipFile(BufferedReader(Reading(content))) as package:
            names = package.namelist()
            if len(names) > MOST_PARTS or any(MACROS in name.lower() for name in names):
                return False
            main = main_part(package, main_type)
            return main is not None and first_tag(package, main).endswith("}" + root)
    except BROKEN:
        return False


def main_part(package: ZipFile, main_type: str) -> str | None:
    """The name of the part of a type, if the package lists one."""
    for tag, attributes in elements(package, CONTENT_TYPES):
        if tag == OVERRIDE and attributes.get("ContentType") == main_type:
            return attributes["PartName"].removeprefix("/")
    return None


def first_tag(package: ZipFile, name: str) -> str:
    return next((tag for tag, _ in elements(package, name)), "")


def elements(package: ZipFile, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of a part as they open. Raises NotSo for one with a document type, which no part
    has."""
    with package.open(name) as part:
        text = part.read(MOST_READ)
    if b"<!DOCTYPE" in text:
        raise NotSo("a part with a document type")
    reader: XMLPullParser[Any] = XMLPullParser(events=["start"])
    reader.feed(text)
    events: Any = reader.read_events()  # its types say less than it does
    yield from ((element.tag, element.attrib) for _, element in events)
