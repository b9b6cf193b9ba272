"""Secrets in files of the data directory: made on first use, then kept."""

import base64
import binascii
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.kit.messages import Message

SECRET_BYTES = 32


def secret_in(path: Path) -> bytes:
    """Raises ValueError where the file holds none, and OSError."""
    return from_base64(kept_in(path, made_secret))


def key_in(path: Path) -> str:
    return kept_in(path, secrets.token_urlsafe)


def made_secret() -> str:
    return base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def decoded(value: object) -> object:
    """32 bytes from base64, plain or URL-safe; bytes stay as they are."""
    return from_base64(value) if isinstance(value, str) else value


def from_base64(text: str) -> bytes:
    try:
        secret = base64.b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except binascii.Error:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise ValueError(
            Message("must be {secret_bytes} bytes in base64", secret_bytes=SECRET_BYTES)
        )
    return secret


def kept_in(path: Path, make: Callable[[], str]) -> str:
    """The file's one line, readable by its owner alone; if two processes make it, one wins."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(make() + "\n")
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
    return path.read_text().strip()
