"""Lines over syslog for a table whose columns nobody has named: told as that, whatever was known of it before."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from insights.ingest.listening.backlog import Line
from insights.ingest.listening.deposit import Batch, RouteGone, store
from insights.ingest.listening.registration import register_sender
from insights.ingest.listening.routes import Peer, Refusal, Route, load_directory
from insights.models import SenderKind, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.api.ingest.senders import stored

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
ROW = b'{"at": "2026-11-24T07:00:00Z", "user": "ann"}'


def table(cast: Cast) -> Source:
    with tenant_scope([cast.acme.pk]):
        return Source.objects.create(tenant=cast.acme, name="gateway", format="ndjson", time_zone="UTC")


def test_table_that_lost_its_columns_meanwhile_is_another_source_by_now(cast: Cast) -> None:
    source = table(cast)
    route = Route(cast.acme.pk, source.pk, source.name, source.format)
    with pytest.raises(RouteGone, match="Nobody has said yet which column of this source is what"):
        store(route, Batch([Line(ROW, len(ROW))]), clock=lambda: NOW)
    assert stored(cast.acme) == (0, 0)


def test_address_of_a_table_leads_to_it_once_its_columns_are_named(cast: Cast) -> None:
    source, peer = table(cast), Peer("192.0.2.9", "udp://192.0.2.1:514")
    with tenant_scope([cast.acme.pk]):
        register_sender(source, kind=SenderKind.ADDRESS, value=peer.listener)
    found = load_directory(now=NOW).find(None, peer)
    assert (found.route, found.refusal, [route.name for route in found.known]) == (
        None, Refusal.NO_COLUMNS, ["gateway"],
    )  # fmt: skip
    with tenant_scope([cast.acme.pk]):
        source.mapping = {"columns": {"time": "at", "account": "user"}, "time_format": "iso"}
        source.save()
    route = load_directory(now=NOW).find(None, peer).route
    assert route is not None
    store(route, Batch([Line(ROW, len(ROW))]), clock=lambda: NOW)
    assert stored(cast.acme) == (1, 0)
