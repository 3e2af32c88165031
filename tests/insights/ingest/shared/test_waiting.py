"""What waits, from the daily counts: equal to the events themselves, domains as the router reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from insights.ingest.shared.assign import Subject, assign
from insights.ingest.shared.waiting import (
    Narrowed,
    WaitingAccounts,
    waiting_by_server,
    waiting_domains,
    waiting_in_all,
)
from insights.retention import apply_retention
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, events_of, imported
from tests.insights.ingest.shared.servers import mixed_log, shared_server

AT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
STRANGE = [
    "a@müller.example",
    "b@xn--mller-kva.example",
    "c@UPPER.example",
    "d@dot.example.",
    "e@",
    "@f",
    "g@h@two.example",
]


@pytest.fixture
def inbox(cast: Cast, tmp_path: Path) -> Tenant:
    """An inbox in which accounts of every form wait, each with a message and a refused login."""
    inbox = shared_server(cast).tenant
    imported(inbox, tmp_path, mixed_log(AT, STRANGE, each=1), source="hub", year=2026)
    return inbox


def test_domains_are_those_of_the_router(cast: Cast, inbox: Tenant) -> None:
    with tenant_scope([inbox.pk]):
        found, written = waiting_domains(inbox, Narrowed())
        total, by_server = waiting_in_all(inbox), waiting_by_server(inbox)
    assert {one.name: (one.accounts, one.messages, one.failures) for one in found} == {
        "xn--mller-kva.example": (2, 2, 2),
        "upper.example": (1, 1, 1),
        "dot.example": (1, 1, 1),
        "two.example": (1, 1, 1),
        "": (2, 2, 2),
    }
    assert sorted(written["xn--mller-kva.example"]) == ["müller.example", "xn--mller-kva.example"]
    assert (total.messages, total.failures, total.is_nothing) == (7, 7, False)
    assert [(one.messages, one.failures, one.accounts) for one in by_server.values()] == [(7, 7, 7)]
    for one in found:
        if one.name:
            done = assign(inbox, Subject("domain", one.name), cast.acme, person=None, now=NOW)
            assert done.events == one.messages + one.failures
    assert events_of(inbox) == 4


def test_accounts_are_read_as_far_as_they_are_looked_at(inbox: Tenant) -> None:
    with tenant_scope([inbox.pk]):
        accounts = WaitingAccounts(inbox, Narrowed(), sort="name")
        assert len(accounts) == len(STRANGE)
        assert [one.name for one in accounts[0:2]] + [one.name for one in accounts[2:]] == [
            one.name for one in accounts[:]
        ]
        assert accounts[3].name == accounts[3:4][0].name
        assert len(WaitingAccounts(inbox, Narrowed(search="two.ex"), sort="-last")) == 1
        assert len(WaitingAccounts(inbox, Narrowed(domains=[]), sort="name")) == 0


def test_days_of_which_no_event_is_kept_do_not_wait(cast: Cast, inbox: Tenant, tmp_path: Path) -> None:
    old = NOW - timedelta(days=40)
    imported(inbox, tmp_path, mixed_log(old, ["o@old.example"], each=1, first=90), source="hub", year=2026)
    with tenant_scope([inbox.pk]):
        assert waiting_in_all(inbox).messages == 8
        Tenant.objects.filter(pk=inbox.pk).update(retention_days=30)
        inbox.refresh_from_db()
        apply_retention(inbox, now=NOW)
        inbox.refresh_from_db()
        assert (waiting_in_all(inbox).messages, events_of_kinds(inbox)) == (7, 7)


def events_of_kinds(inbox: Tenant) -> int:
    return events_of(inbox) // 2
