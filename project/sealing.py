"""Seal secrets of other services, so that a copy of the database alone holds none. Pure.

AES-256-GCM (NIST SP 800-38D) under a key that HKDF-SHA256 (RFC 5869) derives from one of the operator's keys, with a
random nonce of 96 bits. What a secret is for is authenticated with it, so that it opens nowhere else. docs/adr/0009
has the reasons.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION: Final = "s2"
_NONCE: Final = 12
_TAG: Final = 16
LONGEST: Final = 16 * 1024
"""Bytes of a secret at most: a private key of RSA with 8,192 bits has less than half of it."""


class CannotOpen(Exception):
    """The sealed secret cannot be opened: its key is gone, it was changed, or it was sealed for something else."""


def seal(secret: str, *, about: str, keys: Sequence[str]) -> str:
    """Return the secret sealed with the first of `keys`, for `about` alone, as printable ASCII.

    Raises ValueError where it has more than LONGEST bytes.
    """
    plain = secret.encode()
    if len(plain) > LONGEST:
        raise ValueError("A secret of more than 16 KiB.")
    name, nonce = _name(keys[0]), secrets.token_bytes(_NONCE)
    hidden = _cipher(keys[0]).encrypt(nonce, plain, _bound(name, about))
    return f"{_VERSION}:{name}:{base64.urlsafe_b64encode(nonce + hidden).decode()}"


def unseal(sealed: str, *, about: str, keys: Sequence[str]) -> str:
    """Return the secret that was sealed for `about` with one of `keys`; raise CannotOpen."""
    name, packed = _parts(sealed)
    key = next((key for key in keys if _name(key) == name), None)
    if key is None:
        raise CannotOpen(
            "Its key is none of STORED_SECRET_KEYS, and not the SECRET_KEY or one of its fallbacks."
        )
    try:
        raw = base64.b64decode(packed, altchars=b"-_", validate=True)
    except ValueError as error:
        raise CannotOpen("It is damaged.") from error
    if not _NONCE + _TAG <= len(raw) <= _NONCE + _TAG + LONGEST:
        raise CannotOpen("It is damaged.")
    try:
        return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], _bound(name, about)).decode()
    except InvalidTag as error:
        raise CannotOpen("It was changed, or was sealed for something else.") from error


def is_current(sealed: str, *, keys: Sequence[str]) -> bool:
    """Tell whether a secret is sealed with the key that new ones take; raise CannotOpen where it is none."""
    return _parts(sealed)[0] == _name(keys[0])


def _parts(sealed: str) -> tuple[str, str]:
    """Return the name of the key, and what is sealed."""
    parts = sealed.split(":")
    if len(parts) != 3 or parts[0] != _VERSION:
        raise CannotOpen("It is damaged, or of another version.")
    return parts[1], parts[2]


def _cipher(key: str) -> AESGCM:
    return AESGCM(_derived(key, b"smtp-auth-insights sealed secret 2", 32))


def _name(key: str) -> str:
    """Return by what a key is found again: it follows from the key, and tells nothing of it."""
    return _derived(key, b"smtp-auth-insights name of a key 2", 4).hex()


def _bound(name: str, about: str) -> bytes:
    return f"{_VERSION}:{name}:{about}".encode()


def _derived(key: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=purpose).derive(key.encode())
