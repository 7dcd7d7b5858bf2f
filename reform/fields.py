"""Encrypted columns with a keyed hash beside them for equality.

The value is AES-GCM under a key that lives outside the database (settings.FIELD_KEY_FILE, made on first run,
never
in git). The database therefore never holds an ID number, a phone or a bank account in the clear: not in the
row, not
in a RowChange, not in a backup. Equality goes by `keyed_hash`; searching by a part of the number is
impossible, on purpose.
"""

import base64
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

PREFIX = "v1:"


@lru_cache(maxsize=1)
def _key() -> bytes:
    path = Path(settings.FIELD_KEY_FILE)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may start at once: the one that loses the race reads the winner's key.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(handle, "wb") as stream:
                stream.write(base64.b64encode(os.urandom(32)))
    return base64.b64decode(path.read_bytes())


@lru_cache(maxsize=1)
def _cipher() -> AESGCM:
    return AESGCM(hmac.digest(_key(), b"cipher", "sha256"))


@lru_cache(maxsize=1)
def _hash_key() -> bytes:
    return hmac.digest(_key(), b"equality", "sha256")


def encrypt(text: str) -> str:
    """Ciphertext of a non-empty text; the empty text stays empty, so that "no phone" can be seen without the
    key."""
    if not text:
        return ""
    nonce = os.urandom(12)
    return PREFIX + base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()


def decrypt(stored: str) -> str:
    """The text behind a stored value; raises cryptography's InvalidTag where the key is not the one it was
    written with."""
    if not stored:
        return ""
    raw = base64.b64decode(stored[len(PREFIX) :])
    return _cipher().decrypt(raw[:12], raw[12:], None).decode()


def seal(data: bytes) -> bytes:
    """Ciphertext of a file that has to wait on disk."""
    nonce = os.urandom(12)
    return nonce + _cipher().encrypt(nonce, data, None)


def unseal(data: bytes) -> bytes:
    """The file behind sealed bytes; raises InvalidTag where they were touched."""
    return _cipher().decrypt(data[:12], data[12:], None)


def keyed_hash(text: str) -> str:
    """HMAC-SHA256 of a text as 64 hex digits ('' for ''): equal texts, equal hashes, and no dictionary
    without the key."""
    return hmac.digest(_hash_key(), text.encode(), "sha256").hex() if text else ""


class EncryptedField(models.TextField):
    """A text that is ciphertext in the database and a str in Python; it cannot be filtered on."""

    def get_prep_value(self, value: object) -> object:
        text = super().get_prep_value(value)
        if not text or str(text).startswith(PREFIX):
            return text
        return encrypt(str(text))

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name: str):  # type: ignore[no-untyped-def]
        if lookup_name != "isnull":
            return None
        return super().get_lookup(lookup_name)
