"""The filters that the API and the pages share: what each takes, what it finds, and what it says when it refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from insights.enums import FailureReason, TlsVersion
from insights.filters import FailureFilters, SubmissionFilters, read_state
from insights.filters.fields import NameField
from insights.ingest.identity import compared
from insights.models import LoginFailure, LoginFailureDay, Submission, SubmissionDay
from insights.queries import failure_total, sender_totals
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, submit

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
ORDERINGS = frozenset({"messages"})


def filters_of(query: str, *, tenant: Tenant | None = None, rows: Any = None) -> SubmissionFilters:
    tenant = tenant or Tenant(slug="acme", time_zone="Europe/Berlin", retention_days=90)
    rows = SubmissionDay._base_manager.all() if rows is None else rows
    return SubmissionFilters(QueryDict(query), queryset=rows, tenant=tenant, now=NOW, orderings=ORDERINGS)


@pytest.fixture
def acme(cast: Cast) -> Tenant:
    """Five different submissions and three failures of acme on the 16th, and one late at night of the 9th."""
    at = datetime(2026, 11, 16, 9, tzinfo=UTC)
    submit(cast.acme, at=at, account="Anna@acme.example", client_ip="192.0.2.10", tls=TlsVersion.TLS1_3)
    submit(cast.acme, at=at, account="bob@acme.example", client_ip="192.0.3.1", tls=TlsVersion.TLS1_0)
    submit(
        cast.acme, at=at, account="crm", sender="news@branch.example", client_ip="2001:db8::7", source="mx2"
    )
    submit(cast.acme, at=at, account="fax", sender="fax", mechanism="XOAUTH2", tls=TlsVersion.NONE)
    submit(cast.acme, at=at, account="app", mechanism="unknown", tls=TlsVersion.UNKNOWN, client_ip="::1")
    submit(cast.acme, at=datetime(2026, 11, 9, 23, 30, tzinfo=UTC), account="late@acme.example")
    fail_login(cast.acme, at=at, account="Admin", client_ip="203.0.113.9")
    fail_login(cast.acme, at=at, account="root", client_ip="203.0.113.200", reason=FailureReason.POLICY)
    fail_login(cast.acme, at=at, account="anna", mechanism="PLAIN", client_ip="2001:db8::7", source="mx2")
    submit(cast.initech, at=at, account="Anna@acme.example", client_ip="192.0.2.10", count=9)
    return cast.acme


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ("", 5),
        ("start=2026-11-10", 6),  # half past midnight of the 10th in Berlin
        ("start=2026-11-09&end=2026-11-09", 0),
        ("start=-1d&end=today", 5),
        ("account=anna@acme.example", 1),
        ("account=ANNA@ACME.EXAMPLE", 1),
        ("account=anna", 0),
        ("sender=News@Branch.example", 1),
        ("sender_domain=branch.example", 1),
        ("sender_domain=-", 2),
        ("client_ip=192.0.2.10", 2),
        ("client_ip=192.0.2.0/23", 3),
        ("client_ip=::ffff:192.0.2.10", 2),
        ("client_ip=::ffff:192.0.2.0/119", 3),
        ("client_ip=0.0.0.0/0", 3),
        ("client_ip=::/0", 2),
        ("client_ip=2001:db8::/32", 1),
        ("client_ip=2001:db8::7", 1),
        ("tls_version=TLS1.0", 1),
        ("tls_version=tls1.0,none", 2),
        ("auth_class=oauth", 1),
        ("auth_class=basic,unknown", 4),
        ("mechanism=plain", 3),
        ("mechanism=Unknown,XOAUTH2", 2),
        ("source=mx2", 1),
        ("search=ACME", 2),
        ("search=192.0.", 3),
        ("search=branch&tls_version=TLS1.2", 1),
        ("mechanism=PLAIN&client_ip=192.0.2.0/24&tls_version=TLS1.3", 1),
    ],
)
def test_events_and_counts_are_narrowed_alike(acme: Tenant, query: str, messages: int) -> None:
    with tenant_scope([acme.pk]):
        for rows in (Submission.objects.all(), SubmissionDay.objects.all()):
            filters = filters_of(query, tenant=acme, rows=rows)
            assert filters.is_valid(), filters.refused()
            assert sum(row.messages for row in filters.qs) == messages
            if "search" not in query:
                assert sender_totals(filters.selection())["messages"] == messages


@pytest.mark.parametrize(
    ("query", "failures"),
    [
        ("", 3),
        ("account=admin", 1),
        ("client_ip=203.0.113.0/25", 1),
        ("mechanism=LOGIN", 2),
        ("reason=policy", 1),
        ("reason=policy,wrong_credentials", 3),
        ("source=mx2", 1),
        ("search=2001:db8", 1),
        ("search=A", 2),
    ],
)
def test_failures_are_narrowed_alike(acme: Tenant, query: str, failures: int) -> None:
    with tenant_scope([acme.pk]):
        for rows in (LoginFailure.objects.all(), LoginFailureDay.objects.all()):
            filters = FailureFilters(QueryDict(query), queryset=rows, tenant=acme, now=NOW)
            assert filters.is_valid(), filters.refused()
            assert sum(getattr(row, "failures", 1) for row in filters.qs) == failures
            assert failure_total(filters.selection()) == failures


def test_pages_narrow_by_the_same_filters(acme: Tenant) -> None:
    query = QueryDict("client_ip=192.0.2.0/24&tls_version=tls1.3&source=mx1")
    with tenant_scope([acme.pk]):
        state = read_state(query, tenant=acme, now=NOW)
        assert state.problems == ()
        assert sender_totals(state.selection())["messages"] == 1
        assert {name: query[name] for name in query}.items() <= state.params().items()


@pytest.mark.parametrize(
    ("query", "field", "told"),
    [
        ("start=yesterdayish", "start", "is not a day of the calendar; write it like 2026-11-17, or -30d"),
        ("start=2026-11-20", "start", "is in the future; choose a day from 20 August 2026"),
        ("start=-90d", "start", "is before the days that are kept"),
        ("end=2020-01-01", "end", "is before the days that are kept"),
        ("end=2027-01-01", "end", "is in the future"),
        ("start=-1d&end=-3d", "start", "is after the end date"),
        ("client_ip=192.0.2.300", "client_ip", "is no address or network; write it like 192.0.2.10"),
        ("client_ip=192.0.2.0/33", "client_ip", "is no address or network"),
        ("tls_version=TLS1.3,TLS9", "tls_version", "has “TLS9”, which is not known; it can be none, SSL3"),
        ("auth_class=password", "auth_class", "it can be basic, oauth, other, unknown"),
        ("ordering=-size", "ordering", "is not a column to sort by; it can be messages"),
        ("account=a%00b", "account", "holds a null character"),
        (f"search={'x' * 201}", "search", "is too long; at most 200 characters"),
    ],
)
def test_what_is_refused_is_named_and_what_is_allowed_said(query: str, field: str, told: str) -> None:
    filters = filters_of(query)
    assert not filters.is_valid()
    assert list(filters.refused()) == [field]
    assert told in filters.refused()[field][0]


def test_unknown_source_is_told_the_known_ones(acme: Tenant) -> None:
    with tenant_scope([acme.pk]):
        filters = filters_of("source=mx3", tenant=acme)
        assert filters.refused() == {"source": ["is no source here; it can be mx1, mx2."]}


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("", date(2026, 11, 11), date(2026, 11, 17)),
        ("start=-30d", date(2026, 10, 18), date(2026, 11, 17)),
        ("end=-10d", date(2026, 11, 1), date(2026, 11, 7)),
        ("end=2026-08-22", date(2026, 8, 20), date(2026, 8, 22)),
        ("start=TODAY", date(2026, 11, 17), date(2026, 11, 17)),
        ("start=2026-11-01&end=2026-11-03", date(2026, 11, 1), date(2026, 11, 3)),
    ],
)
def test_days_are_both_included_and_seven_by_default(query: str, first: date, last: date) -> None:
    filters = filters_of(query)
    assert filters.is_valid(), filters.refused()
    days = filters.selection().days
    assert (days.start, days.last) == (first, last)


@given(st.text(max_size=60).filter(lambda text: "\0" not in text and text == text.strip()))
def test_names_are_compared_as_they_are_stored(name: str) -> None:
    assert NameField(required=False).clean(name) == compared(name)


@given(st.ip_addresses())
def test_every_address_is_a_network_of_one(address: Any) -> None:
    filters = filters_of(f"client_ip={address}")
    assert filters.is_valid()
    net = filters.selection().client_net
    assert net is not None
    assert net[0] == net[-1] == (getattr(address, "ipv4_mapped", None) or address)
    assert ip_network(str(net)) == net
