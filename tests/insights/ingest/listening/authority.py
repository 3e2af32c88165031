"""A certificate authority of a test, made by openssl: certificates of the listener and of its clients."""

from __future__ import annotations

import hashlib
import ssl
import subprocess
from pathlib import Path

_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """Signs what it is asked to, in a folder of its own."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self.folder, self.name = folder, name
        self.certificate = folder / f"{name}.pem"
        _openssl(
            "req", "-x509", *_EC, "-keyout", self._key(name), "-out", self.certificate,
            "-days", "2", "-subj", f"/CN=Test {name}",
        )  # fmt: skip

    def sign(self, name: str, *alternatives: str, days: int = 2) -> tuple[Path, Path]:
        """Return a certificate with these alternative names (`DNS:mx1.example`) and its key."""
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        certificate = self.folder / f"{name}.pem"
        _openssl("req", "-new", *_EC, "-keyout", self._key(name), "-out", request, "-subj", f"/CN={name}")
        extensions.write_text(f"subjectAltName={','.join(alternatives)}\n" if alternatives else "")
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key(self.name),
            "-CAcreateserial", "-days", str(days), "-extfile", extensions, "-out", certificate,
        )  # fmt: skip
        return certificate, self._key(name)

    def context(self, *shown: str | Path) -> ssl.SSLContext:
        """Return how a client of this authority connects, showing a certificate and its key if given."""
        context = ssl.create_default_context(cafile=self.certificate)
        if shown:
            context.load_cert_chain(*map(str, shown))
        return context

    def _key(self, name: str) -> Path:
        return self.folder / f"{name}.key"


def fingerprint_of(certificate: Path) -> str:
    """Return the SHA-256 of a certificate in hex."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()


def _openssl(*arguments: str | Path) -> None:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
