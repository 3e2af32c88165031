"""What a shared server tells lies at exactly one tenant each, is known there, and goes from all of them again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from insights.ingest.shared.mapping import make_rule
from insights.ingest.undo import ask_undo, undo_import
from insights.models import ImportOverlap, LogImport, NameShown, Source
from tenants.models import SenderDomain, Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, events_of, imported, kept
from tests.insights.ingest.lines import messages
from tests.insights.ingest.shared.servers import (
    accept,
    assert_shared,
    mixed_log,
    shared_server,
    shares_of,
)

AT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


def undo(log_import: LogImport) -> None:
    with tenant_scope([log_import.tenant_id]):
        undo_import(LogImport.objects.get(pk=log_import.pk), now=NOW)


def test_events_lie_at_whom_the_domain_says_and_the_rest_in_the_inbox(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    inbox = server.tenant
    first = imported(inbox, tmp_path, mixed_log(AT), source="hub", year=2026)
    assert first.accounting()["stored"] == 12
    assert {tenant.slug: events_of(tenant) for tenant in (cast.acme, cast.globex, inbox)} == {
        "acme": 3,
        "globex": 3,
        inbox.slug: 6,
    }
    assert shares_of(first, cast) == {"acme": 3, "globex": 3, inbox.slug: 6}
    assert_shared(cast, inbox, events=12)
    # The days are each tenant's own: the same hour is Saturday in Berlin and Friday in New York.
    with tenant_scope([cast.acme.pk]):
        mirror = Source.objects.get()
        assert (mirror.name, mirror.shared_from, mirror.last_line_at) == (
            "hub",
            server.pk,
            first.lines_until_at,
        )
        assert list(NameShown.objects.values_list("name", flat=True)) == ["anna@acme.example"]
        assert [row.domain for row in SenderDomain.objects.all()] == ["acme.example"]


def test_second_import_adds_nothing_whatever_the_mapping_says_meanwhile(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    inbox, data = server.tenant, mixed_log(AT)
    first = imported(inbox, tmp_path, data, source="hub", year=2026)
    before = [kept(tenant) for tenant in (inbox, cast.acme, cast.globex)]
    accept(cast.acme, "nobody.example")
    with tenant_scope([inbox.pk]):
        make_rule(
            inbox, kind="account", value="anna@acme.example", customer=cast.globex, source=None, person=None
        )
    again = imported(inbox, tmp_path, data + messages(AT + timedelta(days=2), 3), source="hub", year=2026)
    assert (again.accounting()["stored"], again.accounting()["duplicate"]) == (3, 12)
    assert [kept(tenant) for tenant in (inbox, cast.acme)] == before[:2]
    assert events_of(cast.globex) == 6  # the rule is for what comes from now on
    with tenant_scope([inbox.pk]):
        overlap = ImportOverlap.objects.get()
        assert (overlap.log_import_id, overlap.earlier_id, overlap.events) == (again.pk, first.pk, 12)
    assert_shared(cast, inbox, events=15)


def test_undo_takes_the_events_from_every_tenant(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    inbox = server.tenant
    imported(inbox, tmp_path, mixed_log(AT), source="hub", year=2026)
    before = [kept(tenant) for tenant in (inbox, cast.acme, cast.globex)]
    more = imported(inbox, tmp_path, mixed_log(AT + timedelta(hours=3), first=50), source="hub", year=2026)
    assert_shared(cast, inbox, events=24)
    undo(more)
    assert [kept(tenant) for tenant in (inbox, cast.acme, cast.globex)] == before
    assert_shared(cast, inbox, events=12)
    imported(inbox, tmp_path, mixed_log(AT + timedelta(hours=3), first=50), source="hub", year=2026)
    assert_shared(cast, inbox, events=24)


def test_share_is_not_undone_by_the_customer(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    imported(server.tenant, tmp_path, mixed_log(AT), source="hub", year=2026)
    with tenant_scope([cast.acme.pk]):
        share = LogImport.objects.get()
        assert not ask_undo(share, now=NOW)
        with pytest.raises(ValueError, match="share of a provider's import"):
            undo_import(share, now=NOW)
    assert events_of(cast.acme) == 3


def test_customer_that_keeps_less_is_not_given_older_events(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    Tenant.objects.filter(pk=cast.acme.pk).update(retention_days=7)
    old = NOW - timedelta(days=20)
    first = imported(server.tenant, tmp_path, mixed_log(old), source="hub", year=2026)
    numbers = first.accounting()
    assert numbers["unrecognised_by_reason"] == {"before_retention": 3}
    assert (numbers["stored"], events_of(cast.acme), events_of(cast.globex)) == (9, 0, 3)
    assert_shared(cast, server.tenant, events=9)


def test_domain_of_two_customers_waits(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    accept(cast.globex, "acme.example")
    imported(server.tenant, tmp_path, mixed_log(AT, ["anna@acme.example"]), source="hub", year=2026)
    assert (events_of(cast.acme), events_of(cast.globex), events_of(server.tenant)) == (0, 0, 3)


def test_another_providers_customer_is_given_nothing(cast: Cast, tmp_path: Path) -> None:
    server = shared_server(cast)
    accept(cast.initech, "initech.example")
    imported(server.tenant, tmp_path, mixed_log(AT, ["i@initech.example"]), source="hub", year=2026)
    assert (events_of(cast.initech), events_of(server.tenant)) == (0, 3)
