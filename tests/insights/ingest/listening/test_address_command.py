"""Addresses of the listener: the operator gives them to a source and takes them back, and the listener follows."""

from __future__ import annotations

import socket

import pytest
from django.core.management import CommandError, call_command

from insights.models import SyslogSender
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.factories import make_source
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.listening.daemon import looks_again, settles, syslog
from tests.insights.ingest.listening.test_daemon import lines
from tests.ports import free_port
from tests.processes import manage

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Return people and tenants whose rows another process sees."""
    return make_cast()


def test_listener_listens_at_an_address_that_is_given_and_no_more_when_it_is_taken_back(cast: Cast) -> None:
    make_source(cast.acme, "mx1")
    port = free_port()
    address = f"udp://127.0.0.1:{port}"
    with syslog("--tcp", "127.0.0.1:0") as daemon:
        given = manage("syslog_address", address.upper(), "--tenant", "acme", "--source", "mx1")
        assert (given.returncode, given.stdout) == (0, f"What comes to {address} is of the source “mx1”.\n")
        assert daemon.process.stdout is not None
        assert daemon.process.stdout.readline() == f"Listening at {address}\n"
        daemon.ports["udp"] = port
        daemon.send_datagrams(b"<22>" + line.rstrip() for line in lines(3))
        settles(lambda: stored(cast.acme), (3, 1))
        taken = manage("syslog_address", address, "--tenant", "acme", "--remove")
        assert (taken.returncode, taken.stdout) == (0, f"{address} is nobody's now.\n")
        looks_again()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", port))
        assert daemon.end() == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("udp://127.0.0.1", "--tenant", "acme", "--source", "mx1"), "An address is udp://"),
        (("udp://127.0.0.1:70000", "--tenant", "acme", "--source", "mx1"), "An address is udp://"),
        (("udp://mx.example:514", "--tenant", "acme", "--source", "mx1"), "An address is udp://"),
        (("udp://127.0.0.1:514", "--tenant", "acme", "--source", "mx9"), "There is no source “mx9”."),
        (("udp://127.0.0.1:514", "--tenant", "nobody", "--source", "mx1"), "There is no tenant “nobody”."),
        (("udp://127.0.0.1:514", "--tenant", "acme", "--remove"), "is no address of this tenant's."),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(cast: Cast, arguments: tuple[str, ...], said: str) -> None:
    make_source(cast.acme, "mx1")
    with pytest.raises(CommandError, match=said) as refused:
        call_command("syslog_address", *arguments)
    assert refused.value.returncode == 1
    with tenant_scope([cast.acme.pk]):
        assert not SyslogSender.objects.exists()
