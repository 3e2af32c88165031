"""Senders over syslog: seen by everybody of the tenant, made and removed by those who may; drops in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.models import SenderKind, Source, SyslogSender
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.web.syslog_rows import make_drop, make_listener, make_sender
from tests.insights.web.week import NOW, words

ClientOf = Callable[[User], Client]
DIGEST = "0a" * 32
QUERIES = 14


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def source(cast: Cast) -> Source:
    return make_source(cast.acme, "mx1")


def path_of(source: Source, slug: str = "acme") -> str:
    return f"/t/{slug}/sources/{source.pk}/syslog/"


def senders(tenant: Tenant) -> list[tuple[str, str, list[str]]]:
    with tenant_scope([tenant.pk]):
        return [(one.kind, one.value, one.networks) for one in SyslogSender.objects.all()]


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("fingerprint", f"  {DIGEST.upper()} ", DIGEST),
        ("fingerprint", ":".join(["0A"] * 32), DIGEST),
        ("fingerprint", "sha256 Fingerprint=" + ":".join(["0A"] * 32), DIGEST),
        ("name", "MX1.Acme.example", "mx1.acme.example"),
    ],
)
def test_sender_is_made_once_and_removed(
    cast: Cast, client_of: ClientOf, source: Source, kind: str, written: str, kept: str
) -> None:
    bob, path = client_of(cast.bob), path_of(source)
    form = {"kind": kind, "value": written, "networks": "192.0.2.0/24, 2001:db8::1"}
    made = bob.post(f"{path}add/", form)
    assert (made.status_code, made["Location"]) == (302, path)
    assert senders(cast.acme) == [(kind, kept, ["192.0.2.0/24", "2001:db8::1"])]
    shown = words(bob.get(path))
    assert f"{kept} {SenderKind(kind).label} 192.0.2.0/24, 2001:db8::1 never 17 Nov 2026 by Bob" in shown
    again = bob.post(f"{path}add/", form)
    assert "Lines of this sender already go to the source “mx1”." in words(again)
    with tenant_scope([cast.acme.pk]):
        sender = SyslogSender.objects.get()
    for _time in range(2):
        assert bob.post(f"{path}{sender.pk}/remove/")["Location"] == path
        assert senders(cast.acme) == []


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"kind": "fingerprint", "value": "0a" * 20}, "A SHA-256 fingerprint has 64 hexadecimal digits."),
        ({"kind": "fingerprint", "value": "mx1.acme.example"}, "A SHA-256 fingerprint has 64"),
        ({"kind": "fingerprint", "value": "-----BEGIN CERTIFICATE-----\nx"}, "This is no whole certificate."),
        ({"kind": "name", "value": "mx 1"}, "A name as it stands in the certificate"),
        ({"kind": "name", "value": "x" * 256}, "A name as it stands in the certificate"),
        ({"kind": "name", "value": ""}, "This field is required."),
        ({"kind": "address", "value": "udp://0.0.0.0:514"}, "Select a valid choice."),
        ({"kind": "name", "value": "mx1", "networks": "192.0.2.1/24"}, "is no address or network"),
    ],
)
def test_what_names_no_sender_is_refused_with_the_reason(
    cast: Cast, client_of: ClientOf, source: Source, form: dict[str, str], said: str
) -> None:
    page = client_of(cast.bob).post(f"{path_of(source)}add/", form)
    assert page.status_code == 200
    assert said in words(page)
    assert senders(cast.acme) == []


def test_page_is_read_by_everybody_of_the_tenant_and_changed_by_those_who_may(
    cast: Cast, client_of: ClientOf, source: Source
) -> None:
    sender, path = make_sender(source, "mx1.acme.example"), path_of(source)
    form = {"kind": "name", "value": "evil.example"}
    for person, seen, changed in (
        (cast.carol, 200, 403),
        (cast.mallory, 404, 404),
        (cast.dora, 404, 404),
    ):
        client = client_of(person)
        assert client.get(path).status_code == seen
        assert client.post(f"{path}add/", form).status_code == changed
        assert client.post(f"{path}{sender.pk}/remove/").status_code == changed
    assert senders(cast.acme) == [("name", "mx1.acme.example", [])]
    page = client_of(cast.carol).get(path)
    assert b"/remove/" not in page.content
    assert b'name="value"' not in page.content


def test_sender_of_another_source_or_tenant_and_an_operators_address_stay(
    cast: Cast, client_of: ClientOf, source: Source
) -> None:
    """A technician of north has no say over south, a source's page none over another's, and nobody over addresses."""
    address = make_sender(source, "udp://192.0.2.1:5514", kind=SenderKind.ADDRESS)
    other = make_sender(make_source(cast.acme, "mx2"), "mx2.acme.example")
    theirs = make_sender(make_source(cast.initech, "mx9"), "mx9.initech.example")
    bob, path = client_of(cast.bob), path_of(source)
    assert "udp://192.0.2.1:5514 Address it sends to anywhere never" in words(bob.get(path))
    assert "given by the operator" in words(bob.get(path))
    for sender in (address, other, theirs):
        assert bob.post(f"{path}{sender.pk}/remove/").status_code == 302
    assert len(senders(cast.acme)) == 2
    assert len(senders(cast.initech)) == 1
    assert bob.post(f"/t/initech/sources/{theirs.source_id}/syslog/{theirs.pk}/remove/").status_code == 404


def test_name_that_another_tenant_has_is_not_told(cast: Cast, client_of: ClientOf, source: Source) -> None:
    make_sender(make_source(cast.initech, "mx9"), "mx.example")
    made = client_of(cast.bob).post(f"{path_of(source)}add/", {"kind": "name", "value": "mx.example"})
    assert made.status_code == 302
    assert senders(cast.acme) == [("name", "mx.example", [])]


def test_drops_and_listeners_are_told_in_words(cast: Cast, client_of: ClientOf, source: Source) -> None:
    path = path_of(source)
    empty = words(client_of(cast.carol).get(path))
    assert "No listener runs now." in empty
    assert "None in 90 days." in empty
    make_drop(source, messages=12_345, last_from="192.0.2.66")
    make_drop(source, reason="not_admitted", days=2)
    make_drop(source, days=91, messages=999)
    make_drop(make_source(cast.acme, "mx2"), messages=888)
    make_listener("tls://0.0.0.0:6514", takes_certificates=True, refused={"peers": {"198.51.100.99": 5}})
    make_listener("udp://0.0.0.0:514", seen=timedelta(minutes=3))
    page = words(client_of(cast.carol).get(path))
    assert "tls://0.0.0.0:6514 takes certificates of senders" in page
    assert (
        "Mon 16 Nov 2026 came faster than they could be stored queue_full Send by TCP or TLS: such a sender is made"
        " to wait, and loses nothing. 12,345 13:00 from 192.0.2.66 Sun 15 Nov 2026 came from an address that may not"
        " send not_admitted Add the address to the networks of the sender or of the key. 7 13:00"
    ) in page
    for hidden in ("udp://", "198.51.100.99", "999", "888"):
        assert hidden not in page


def test_page_of_the_source_tells_senders_and_drops_of_its_days(
    cast: Cast, client_of: ClientOf, source: Source
) -> None:
    path = f"/t/acme/sources/{source.pk}/"
    assert "No sender is known by a certificate or an address." in words(client_of(cast.carol).get(path))
    make_sender(source, "mx1.acme.example", last_used_at=NOW, last_used_from="192.0.2.1")
    make_drop(source, messages=30)
    make_drop(source, reason="unstorable", days=3, messages=1)
    make_drop(source, days=80, messages=500)
    page = words(client_of(cast.carol).get(path))
    assert "mx1.acme.example last used Tue 17 Nov, 13:00" in page
    assert "31 messages were dropped on these days" in page


def test_page_costs_the_same_queries_for_any_number_of_rows(
    cast: Cast, client_of: ClientOf, source: Source, django_assert_num_queries: Callable[..., Any]
) -> None:
    client, path = client_of(cast.bob), path_of(source)
    for count in (1, 3):
        make_sender(source, f"mx{count}.acme.example", created_by=cast.bob)
        make_drop(source, days=count)
        make_listener(f"tcp://0.0.0.0:{count}")
        with django_assert_num_queries(QUERIES):
            client.get(path)
