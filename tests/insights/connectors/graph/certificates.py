"""Certificates as somebody makes them with openssl, and what a log-in service checks of an assertion."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 1, 31, 12, tzinfo=UTC)


class Pair(NamedTuple):
    """A certificate, its key, the key under a passphrase, and the key in the form of old tools; all PEM."""

    certificate: str
    key: str
    protected: str
    traditional: str

    @property
    def both(self) -> str:
        """What somebody pastes."""
        return f"{self.key}{self.certificate}"


@cache
def pair(name: str = "one", *, bits: int = 2048, until: datetime = UNTIL) -> Pair:
    """Make a certificate that signs itself; of `bits` 0 one with an elliptic curve. Made once for all tests."""
    key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )

    def pem(form: PrivateFormat, protection: KeySerializationEncryption) -> str:
        return key.private_bytes(Encoding.PEM, form, protection).decode()

    return Pair(
        made.public_bytes(Encoding.PEM).decode(),
        pem(PrivateFormat.PKCS8, NoEncryption()),
        pem(PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
        pem(PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    )


def claims_of(assertion: str, *, certificates: list[str], now: datetime) -> dict[str, Any]:
    """Return the claims of a JWT that one of the certificates proves; raise LookupError otherwise."""
    head, body, signature = assertion.split(".")
    header = json.loads(_raw(head))
    known = {
        base64.urlsafe_b64encode(one.fingerprint(hashes.SHA256())).rstrip(b"=").decode(): one
        for one in map(x509.load_pem_x509_certificate, (pem.encode() for pem in certificates))
    }
    found = known[header["x5t#S256"]]
    key = found.public_key()
    if (header["alg"], header["typ"]) != ("PS256", "JWT") or not isinstance(key, rsa.RSAPublicKey):
        raise LookupError(header)
    if not found.not_valid_before_utc <= now < found.not_valid_after_utc:
        raise LookupError("expired")
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size)
    try:
        key.verify(_raw(signature), f"{head}.{body}".encode(), scheme, hashes.SHA256())
    except InvalidSignature as error:
        raise LookupError("signature") from error
    claims: dict[str, Any] = json.loads(_raw(body))
    return claims


def _raw(part: str) -> bytes:
    assert "=" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
