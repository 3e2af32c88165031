"""The compared forms of accounts and addresses, and the domain of an address. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

MAX_DOMAIN = 255
_CACHE = 65_536


@lru_cache(maxsize=_CACHE)
def compared(name: str) -> str:
    """Return the form in which accounts and sender addresses are compared: NFC and lower case.

    Not casefold, which makes “ß” and “ss” the same.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).lower())


@lru_cache(maxsize=_CACHE)
def domain_of(address: str) -> str:
    """Return the domain of an address in IDNA lower case (RFC 3490), "" where it has none.

    A domain that IDNA refuses stays as it is written, in lower case.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local:
        return ""
    domain = domain.strip().rstrip(".").lower()
    if domain.isascii():
        return domain[:MAX_DOMAIN]
    try:
        return domain.encode("idna").decode("ascii")[:MAX_DOMAIN]
    except UnicodeError:
        return domain[:MAX_DOMAIN]
