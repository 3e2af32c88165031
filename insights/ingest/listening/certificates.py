"""TLS of the listener, and what the certificate of a client says; files that changed are read again."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAMES: Final = frozenset({"DNS", "email", "URI", "IP Address"})


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The listener's certificate with its chain and key, and what those of clients must be signed by, all PEM.

    Without `client_ca` clients are not asked for one; `client_crl` names certificates that are revoked.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None
    client_crl: Path | None = None


class Tls:
    """The context that connections are made with; `refresh` makes another one once a file has changed."""

    def __init__(self, files: TlsFiles) -> None:
        self.files = files
        self._seen = self._stamps()
        self.context = tls_context(files)

    def refresh(self) -> bool:
        """Read the files again if they changed; tell whether. Raises OSError (ssl.SSLError) and keeps the old ones."""
        stamps = self._stamps()
        if stamps == self._seen:
            return False
        self.context = tls_context(self.files)
        self._seen = stamps
        return True

    def _stamps(self) -> list[tuple[int, int, int]]:
        files = (self.files.certificate, self.files.key, self.files.client_ca, self.files.client_crl)
        found = [file.stat() for file in files if file is not None]
        return [(one.st_mtime_ns, one.st_size, one.st_ino) for one in found]


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """Return a context of TLS 1.2 or newer (RFC 5425 wants it, RFC 8996 refuses older ones).

    A client's certificate is asked for where `client_ca` is given, and one that is shown must be valid. What that file
    holds is trusted as it stands, so that it may name single certificates as well. Raises OSError.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.certificate, files.key)
    if files.client_ca is not None:
        context.load_verify_locations(files.client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if files.client_crl is not None:
        context.load_verify_locations(files.client_crl)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return context


def certificate_of(connection: ssl.SSLObject | None) -> tuple[str, tuple[str, ...]]:
    """Return the SHA-256 of the client's certificate, which was verified, and its names; "" without one."""
    raw = None if connection is None else connection.getpeercert(binary_form=True)
    if connection is None or raw is None:
        return "", ()
    told = connection.getpeercert() or {}
    names = tuple(
        sorted(
            {
                str(entry[1]).lower()
                for entry in told.get("subjectAltName", ())
                if isinstance(entry[0], str) and entry[0] in _NAMES
            }
        )
    )
    return hashlib.sha256(raw).hexdigest(), names
