"""TLS: who a certificate makes a sender, and which certificates and versions are refused."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from insights.models import SenderKind, SyslogListener, SyslogSender
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.factories import make_source
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.listening.authority import Authority, fingerprint_of
from tests.insights.ingest.listening.daemon import drops, looks_again, refused, settles, syslog, wrapped
from tests.insights.ingest.listening.test_daemon import data, key_of, lines

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make certificates with"),
]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Return people and tenants whose rows another process sees."""
    return make_cast()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def tls(authority: Authority) -> list[str | Path]:
    """Return the arguments of a listener that asks for certificates of the authority."""
    certificate, key = authority.sign("listener", "DNS:localhost")
    ca = authority.certificate
    return ["--tls", "127.0.0.1:0", "--certificate", certificate, "--key", key, "--client-ca", ca]


def register(tenant: Tenant, kind: SenderKind, value: str, source: str = "mx1", **more: Any) -> SyslogSender:
    row = make_source(tenant, source)
    with tenant_scope([tenant.pk]):
        return SyslogSender.objects.create(tenant=tenant, source=row, kind=kind, value=value, **more)


def stream(count: int, *, first: int = 0, token: bytes = b"-") -> bytes:
    return b"".join(wrapped(lines(count, first=first), data=token, counted=True))


def test_certificate_tells_the_source_by_fingerprint_or_by_name(
    cast: Cast, authority: Authority, tls: list[str | Path]
) -> None:
    acme, globex = (
        authority.sign("acme", "DNS:mx1.acme.example"),
        authority.sign("globex", "DNS:mx.globex.example"),
    )
    register(cast.acme, SenderKind.FINGERPRINT, fingerprint_of(acme[0]))
    register(cast.globex, SenderKind.NAME, "mx.globex.example", source="relay")
    token = data(key_of(cast.globex), "relay")
    with syslog(*tls) as daemon:
        daemon.send(stream(3), authority.context(*acme))
        daemon.send(stream(5), authority.context(*globex))
        settles(lambda: (stored(cast.acme), stored(cast.globex)), ((3, 1), (5, 1)))
        daemon.send(stream(2, first=90, token=token), authority.context(*acme))
        settles(lambda: (stored(cast.acme), stored(cast.globex)), ((3, 1), (7, 2)))
        settles(lambda: _last_used(cast.acme), "127.0.0.1")
        assert daemon.end() == 0


def test_token_is_taken_over_tls_without_a_certificate_and_nobody_else_is(
    cast: Cast, authority: Authority, tls: list[str | Path]
) -> None:
    stranger, token = authority.sign("stranger", "DNS:mx9.acme.example"), data(key_of(cast.acme))
    with syslog(*tls) as daemon:
        daemon.send(stream(3, token=token), authority.context())
        daemon.send(stream(4), authority.context())
        daemon.send(stream(4), authority.context(*stranger))
        settles(lambda: stored(cast.acme), (3, 1))
        settles(lambda: refused("tls"), {"unknown_sender": 42})
        assert daemon.end() == 0
    assert stored(cast.acme) == (3, 1)


@pytest.mark.parametrize("wrong", ["expired", "foreign", "old_tls"])
def test_refused_at_the_handshake(
    cast: Cast, authority: Authority, tls: list[str | Path], tmp_path: Path, wrong: str
) -> None:
    if wrong == "expired":
        shown = authority.sign("mx1", "DNS:mx1.acme.example", days=-1)
    elif wrong == "foreign":
        shown = Authority(tmp_path, "other").sign("mx1", "DNS:mx1.acme.example")
    else:
        shown = authority.sign("mx1", "DNS:mx1.acme.example")
    register(cast.acme, SenderKind.FINGERPRINT, fingerprint_of(shown[0]))
    register(cast.acme, SenderKind.NAME, "mx1.acme.example")
    context = authority.context(*shown)
    if wrong == "old_tls":
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            context.maximum_version = ssl.TLSVersion.TLSv1_1
    with syslog(*tls) as daemon:
        _send_in_vain(lambda: daemon.send(stream(3), context))
        settles(lambda: refused("tls"), {"tls_failed": 1})
        assert daemon.end() == 0
    assert stored(cast.acme) == (0, 0)


def test_registration_that_is_switched_off_ends_at_once_and_a_new_one_begins(
    cast: Cast, authority: Authority, tls: list[str | Path]
) -> None:
    shown = authority.sign("mx1", "DNS:mx1.acme.example")
    with syslog(*tls) as daemon:
        settles(SyslogListener.objects.count, 1)
        sender = register(cast.acme, SenderKind.NAME, "mx1.acme.example")
        looks_again()
        daemon.send(stream(3), authority.context(*shown))
        settles(lambda: stored(cast.acme), (3, 1))
        with tenant_scope([cast.acme.pk]):
            SyslogSender.objects.filter(pk=sender.pk).update(is_enabled=False)
        looks_again()
        daemon.send(stream(3, first=50), authority.context(*shown))
        settles(lambda: refused("tls"), {"unknown_sender": 16})
        assert daemon.end() == 0
    assert stored(cast.acme) == (3, 1)


def test_what_two_tenants_claim_is_believed_of_neither(
    cast: Cast, authority: Authority, tls: list[str | Path]
) -> None:
    shown = authority.sign("mx1", "DNS:mx1.acme.example")
    register(cast.acme, SenderKind.NAME, "mx1.acme.example")
    register(cast.initech, SenderKind.NAME, "mx1.acme.example", source="thief")
    with syslog(*tls) as daemon:
        daemon.send(stream(3), authority.context(*shown))
        settles(lambda: drops(cast.acme), {("mx1", "ambiguous"): 16})
        settles(lambda: drops(cast.initech), {("thief", "ambiguous"): 16})
        assert daemon.end() == 0
    assert stored(cast.acme) == stored(cast.initech) == (0, 0)


def test_certificate_of_the_listener_is_read_again_when_it_was_renewed(
    cast: Cast, authority: Authority, tls: list[str | Path], tmp_path: Path
) -> None:
    token = data(key_of(cast.acme))
    with syslog(*tls) as daemon:
        before = _shown_by(daemon.connect(authority.context()))
        authority.sign("listener", "DNS:localhost")
        looks_again()
        assert _shown_by(daemon.connect(authority.context())) != before
        daemon.send(stream(2, token=token), authority.context())
        settles(lambda: stored(cast.acme), (2, 1))
        (tmp_path / "listener.pem").write_text("broken")
        looks_again()
        daemon.send(stream(2, first=50, token=token), authority.context())
        settles(lambda: stored(cast.acme), (4, 2))
        assert daemon.end() == 0


def _shown_by(connection: Any) -> bytes:
    with connection:
        shown: bytes = connection.getpeercert(binary_form=True)
    return shown


def _send_in_vain(send: Callable[[], None]) -> None:
    """Send; with TLS 1.3 a client learns only afterwards that its certificate was refused."""
    try:
        send()
    except OSError:
        return


def _last_used(tenant: Tenant) -> str | None:
    with tenant_scope([tenant.pk]):
        return SyslogSender.objects.get().last_used_from
