"""Who may send, as it stands in the database at one moment, also while it is changed there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from insights.ingest.listening.messages import Claim
from insights.ingest.listening.routes import Peer, Refusal, Route, load_directory
from insights.ingest.listening.upkeep import note_uses
from insights.models import SenderKind, Source, SyslogSender
from tenants.api_keys import make_key
from tenants.models import Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADDRESS = "udp://127.0.0.1:5514"


def register(tenant: Tenant, name: str, value: str = ADDRESS) -> SyslogSender:
    source = make_source(tenant, name)
    with tenant_scope([tenant.pk]):
        return SyslogSender.objects.create(tenant=tenant, source=source, kind=SenderKind.ADDRESS, value=value)


def test_sender_of_a_source_that_is_made_while_it_looks_is_known_the_next_time(cast: Cast) -> None:
    made: list[SyslogSender] = []

    def in_between(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "insights_syslogsender" in sql and not made:
            made.append(None)  # type: ignore[arg-type]  # its own statements come by here as well
            made[0] = register(cast.acme, "mx1")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(in_between):
        assert load_directory(now=NOW).addresses() == set()
    found = load_directory(now=NOW).find(None, Peer("192.0.2.1", ADDRESS))
    assert found.route == Route(cast.acme.pk, made[0].source_id, "mx1", "postfix")


def test_key_that_is_not_admitted_names_no_sources_that_are_not_there(cast: Cast) -> None:
    """Whoever has read a key could name another source in every message, and each would be remembered."""
    make_source(cast.acme, "mx1")
    _key, token = make_key(name="mx", scopes=[Scope.INGEST], tenant=cast.acme, networks=["192.0.2.0/24"])
    directory, peer = load_directory(now=NOW), Peer("198.51.100.7", ADDRESS)
    known = directory.find(Claim(token, "mx1"), peer)
    assert (known.refusal, [one.name for one in known.known]) == (Refusal.NOT_ADMITTED, ["mx1"])
    assert directory.find(Claim(token, "mx2"), peer) == (None, Refusal.NOT_ADMITTED, (), None)
    assert directory.find(Claim(token, "mx2"), peer._replace(address="192.0.2.7")).route is not None


def test_use_of_a_sender_is_noted_once_a_minute(cast: Cast) -> None:
    sender, other = register(cast.acme, "mx1"), register(cast.globex, "mx2", "udp://127.0.0.1:5515")
    uses: dict[UUID, str] = {sender.pk: "192.0.2.1"}
    for seconds, address in ((0, "192.0.2.1"), (59, "192.0.2.2"), (60, "192.0.2.3")):
        uses[sender.pk] = address
        note_uses(load_directory(now=NOW), uses, now=NOW + timedelta(seconds=seconds))
    with tenant_scope([cast.acme.pk]):
        sender.refresh_from_db()
    assert (sender.last_used_at, sender.last_used_from) == (NOW + timedelta(seconds=60), "192.0.2.3")
    with tenant_scope([cast.globex.pk]):
        other.refresh_from_db()
        assert other.last_used_at is None
        assert Source.objects.count() == 1
