"""The certificate of an application: read as somebody entered it, and assertions signed with its key. Pure.

An assertion is a JWT (RFC 7523) with PS256 and the fingerprint `x5t#S256` of the certificate that Entra knows:
https://learn.microsoft.com/entra/identity-platform/certificate-credentials
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BITS: Final = range(2048, 8192 + 1)
SKEW: Final = timedelta(minutes=5)
"""How far this clock and Microsoft's may be apart; an assertion is good for twice as long, as Microsoft advises."""
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]*-----END \1-----")


class BadCertificate(Exception):
    """What was entered is not a certificate with its key; `words` are for people."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key, both as PEM, and when it ends. The key is in no representation."""

    pem: str
    key: str = field(repr=False)
    expires_at: datetime


def read_certificate(entered: str) -> Certificate:
    """Return the certificate and the key among PEM blocks of any order; raise BadCertificate."""
    blocks = [(found[1], found[0]) for found in _BLOCK.finditer(entered)]
    keys = [pem for label, pem in blocks if label.endswith("PRIVATE KEY")]
    if len(keys) != 1:
        raise BadCertificate(
            _("There is more than one private key in it.")
            if keys
            else _("There is no private key in it. Enter the certificate and its key, both as PEM.")
        )
    key = _key(keys[0])
    own = key.public_key()
    for label, pem in blocks:
        if label != "CERTIFICATE":
            continue
        try:
            found = x509.load_pem_x509_certificate(pem.encode())
            is_own = found.public_key() == own
        except (ValueError, UnsupportedAlgorithm) as error:
            raise BadCertificate(_("The certificate is damaged. Copy it once more.")) from error
        if is_own:
            return Certificate(
                pem=found.public_bytes(Encoding.PEM).decode(),
                key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
                expires_at=found.not_valid_after_utc,
            )
    raise BadCertificate(
        _("No certificate in it belongs to the private key. Enter both, of the same pair, as PEM.")
    )


def fingerprint(pem: str) -> str:
    """Return the SHA-1 fingerprint of a certificate in hex, by which Entra's pages name it."""
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - a name


def assertion(*, certificate: str, key: str, client_id: UUID, audience: str, now: datetime) -> str:
    """Return a JWT that proves to `audience`, the token endpoint, that `client_id` has the key; good around `now`."""
    digest = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256())
    claims = {
        "aud": audience,
        "iss": str(client_id),
        "sub": str(client_id),
        "jti": str(uuid4()),
        "iat": int(now.timestamp()),
        "nbf": int((now - SKEW).timestamp()),
        "exp": int((now + SKEW).timestamp()),
    }
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": _base64(digest).decode()}
    signed = _json(header) + b"." + _json(claims)
    # RFC 7518, 3.5: the salt is as long as the hash.
    padding = PSS(MGF1(hashes.SHA256()), PSS.DIGEST_LENGTH)
    signature = _key(key).sign(signed, padding, hashes.SHA256())
    return (signed + b"." + _base64(signature)).decode()


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError as error:
        raise BadCertificate(
            _("The private key is protected by a passphrase. Take it off first: openssl pkey -in key.pem")
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadCertificate(_("The private key is damaged. Copy it once more.")) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size not in BITS:
        raise BadCertificate(_("Microsoft wants a key of RSA, and here it has 2,048 to 8,192 bits."))
    return key


def _json(value: Mapping[str, Any]) -> bytes:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> bytes:
    """Return base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=")
