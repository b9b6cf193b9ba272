"""Enciphered texts: AES-256-GCM under a key of the server's secret, bound to their row.

A text is `enc1:`, the key's id, and nonce, text and tag in base64. Where the row is another than
the one it was enciphered for, or a letter was changed, it does not open.
"""

from base64 import b64decode, b64encode
from hashlib import sha256
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORM = "enc1:"
"""The beginning of every enciphered text; migrations name it, too."""

KEY_BYTES, NONCE_BYTES = 32, 12


class Unreadable(ValueError):
    """Not enciphered, under another key, changed, or of another row."""


class Cipher:
    """Enciphers under one key, made of the server's secret for one purpose; deciphers also what was
    enciphered under its former secret, if it has one."""

    def __init__(self, secret: bytes, purpose: bytes, former: bytes = b"") -> None:
        key = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose).derive(secret)
        self.aead = AESGCM(key)
        self.prefix = f"{FORM}{sha256(key).hexdigest()[:8]}:"
        self.former = Cipher(former, purpose) if former else None

    def seal(self, text: str, row: str) -> str:
        """The text, to be opened for this row alone; twice the same text is never the same."""
        nonce = urandom(NONCE_BYTES)
        sealed = nonce + self.aead.encrypt(nonce, text.encode(), row.encode())
        return self.prefix + b64encode(sealed).decode()

    def open(self, sealed: str, row: str) -> str:
        """Raises Unreadable."""
        if not sealed.startswith(self.prefix):
            if self.former is None:
                raise Unreadable
            return self.former.open(sealed, row)
        try:
            parts = b64decode(sealed[len(self.prefix) :], validate=True)
            return self.aead.decrypt(
                parts[:NONCE_BYTES], parts[NONCE_BYTES:], row.encode()
            ).decode()
        except (InvalidTag, ValueError):
            raise Unreadable from None
