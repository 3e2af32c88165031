"""Make and remove senders that are known without a token: by their certificate, or by an address of their own."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from insights.models import SenderKind, Source, SyslogSender
from insights.models.syslog import MAX_VALUE
from tenants.models import User
from tenants.models.api_key import validate_network

_FINGERPRINT: Final = re.compile(r"(?:sha256(?: fingerprint)?[=:])?((?:[0-9a-f]{2}[: ]?){32})", re.IGNORECASE)
_NAME: Final = re.compile(rf"[!-~]{{1,{MAX_VALUE}}}")
_ADDRESS: Final = re.compile(r"(udp|tcp|tls)://(\[[0-9a-f:.]+\]|[0-9.]+):([1-9][0-9]{0,4})", re.IGNORECASE)
_BEGINNING: Final = "-----BEGIN CERTIFICATE-----"


def known_by(kind: SenderKind, written: str) -> str:
    """Return what a person wrote as it is kept, a certificate (PEM) as its fingerprint. Raises ValidationError."""
    written = written.strip()
    if kind == SenderKind.FINGERPRINT:
        return _of_certificate(written) if _BEGINNING in written else _fingerprint(written)
    pattern = _NAME if kind == SenderKind.NAME else _ADDRESS
    found = pattern.fullmatch(written)
    if found is None or (kind == SenderKind.ADDRESS and int(found[3]) > 65_535):
        raise ValidationError(
            _("A name as it stands in the certificate, for instance mx1.example.org.")
            if kind == SenderKind.NAME
            else _("An address is udp://, tcp:// or tls://, an IP address and a port: udp://192.0.2.1:5514.")
        )
    return written.lower()


def register_sender(
    source: Source,
    *,
    kind: SenderKind,
    value: str,
    networks: Sequence[str] = (),
    created_by: User | None = None,
) -> SyslogSender:
    """Let lines of this sender be the source's; `value` is what `known_by` returned. Must run in the tenant's scope.

    Raises ValidationError when the tenant has that sender already, or a network is none. What another tenant has is
    not said: the listener then believes neither (`insights.ingest.listening.routes`). Two queries.
    """
    for network in networks:
        validate_network(network)
    sender, is_new = SyslogSender.objects.get_or_create(
        tenant_id=source.tenant_id,
        kind=kind,
        value=value,
        defaults={"source": source, "networks": list(networks), "created_by": created_by},
    )
    if not is_new:
        raise ValidationError(
            _("Lines of this sender already go to the source “%(source)s”. Remove it there first.")
            % {"source": sender.source.name}
        )
    return sender


def _of_certificate(written: str) -> str:
    try:
        raw = ssl.PEM_cert_to_DER_cert(written[written.index(_BEGINNING) :])
    except ValueError as error:
        raise ValidationError(_("This is no whole certificate.")) from error
    return hashlib.sha256(raw).hexdigest()


def _fingerprint(written: str) -> str:
    found = _FINGERPRINT.fullmatch(written)
    if found is None:
        raise ValidationError(
            _("A SHA-256 fingerprint has 64 hexadecimal digits. Paste it, or the whole certificate (PEM).")
        )
    return re.sub(r"[: ]", "", found[1]).lower()
