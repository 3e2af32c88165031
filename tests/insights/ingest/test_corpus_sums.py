"""What the queries sum up over the real log equals the sums over its truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from insights import queries
from insights.enums import TlsVersion, auth_class_of
from insights.queries.senders import AUTH_COLUMNS, TLS_COLUMNS
from project.periods import DayRange
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import import_file
from tests.insights.ingest import corpus

pytestmark = corpus.needs_corpus
WEEK = queries.Selection(DayRange(date(2026, 11, 20), date(2026, 11, 27)))


@pytest.fixture
def acme(cast: Cast) -> Tenant:
    import_file(cast.acme, corpus.LOG, year=corpus.YEAR)
    return cast.acme


def test_senders_equal_the_truth(acme: Tenant) -> None:
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for (sender, tls, mechanism), (messages, recipients) in corpus.messages_by(
        "sender_address", "tls_version", "mechanism"
    ).items():
        wanted[sender].update(messages=messages, recipients=recipients)
        wanted[sender][tls] += messages
        wanted[sender][str(auth_class_of(mechanism))] += messages
    with tenant_scope([acme.pk]):
        found = {row["sender_address"]: row for row in queries.senders(WEEK)}
        totals: Any = queries.sender_totals(WEEK)
    named = {**TLS_COLUMNS, **AUTH_COLUMNS, "messages": "messages", "recipients": "recipients"}
    assert {sender: {column: row[column] for column in named} for sender, row in found.items()} == {
        sender: {column: counts[name] for column, name in named.items()} for sender, counts in wanted.items()
    }
    assert totals == {column: sum(row[column] for row in found.values()) for column in named}


def test_clients_equal_the_truth(acme: Tenant) -> None:
    columns = ("account", "client_ip", "tls_version", "mechanism")
    with tenant_scope([acme.pk]):
        found = {
            tuple(row[column] for column in columns): (row["messages"], row["recipients"])
            for row in queries.clients(WEEK)
        }
    assert found == corpus.messages_by(*columns)


def test_failures_equal_the_truth(acme: Tenant) -> None:
    wanted = Counter((corpus.account_in_log(e), e["client_ip"], e["mech"]) for e in corpus.refused_logins())
    found: Counter[tuple[str, str, str]] = Counter()
    with tenant_scope([acme.pk]):
        for row in queries.failures(WEEK):
            found[row["account"], row["client_ip"], row["mechanism"]] += row["failures"]
        assert found == wanted
        assert queries.failure_total(WEEK) == wanted.total()
        assert Counter({day: n for day, n in queries.failures_by_day(WEEK).items() if n}) == Counter(
            {date(2026, 11, 23): wanted.total()}
        )


def test_charts_equal_the_truth(acme: Tenant) -> None:
    by_tls = {tls: messages for (tls,), (messages, _) in corpus.messages_by("tls_version").items()}
    by_mechanism = {name: messages for (name,), (messages, _) in corpus.messages_by("mechanism").items()}
    ((messages, recipients),) = corpus.messages_by().values()
    accounts = len({event["login"] for event in corpus.submissions()})
    with tenant_scope([acme.pk]):
        assert {share.tls_version: share.messages for share in queries.tls_usage(WEEK)} == {
            version: by_tls.get(version, 0) for version in TlsVersion
        }
        assert {share.mechanism: share.messages for share in queries.authentication(WEEK)} == by_mechanism
        volume = {
            day.day: (day.messages, day.recipients, day.accounts) for day in queries.sending_volume(WEEK)
        }
    assert volume == {
        day: (messages, recipients, accounts) if day == date(2026, 11, 23) else (0, 0, 0) for day in WEEK.days
    }


def test_days_are_those_of_the_tenants_zone(cast: Cast) -> None:
    import_file(cast.initech, corpus.LOG, year=corpus.YEAR)
    with tenant_scope([cast.initech.pk]):
        with_mail = [day.day for day in queries.sending_volume(WEEK) if day.messages]
    assert with_mail == [date(2026, 11, 24)]


def test_summary_equals_the_truth(acme: Tenant) -> None:
    by_account = corpus.messages_by("account", "tls_version")
    with tenant_scope([acme.pk]):
        numbers = queries.summary(WEEK)
    legacy = {"TLS1.0", "TLS1.1"}
    assert numbers.accounts.now == len({account for account, _ in by_account})
    assert numbers.messages.now == len(corpus.submissions())
    assert numbers.clients.now == len(corpus.messages_by("account", "client_ip", "tls_version", "mechanism"))
    assert numbers.accounts_on_legacy_tls.now == len(
        {account for account, tls in by_account if tls in legacy}
    )
    assert numbers.messages_without_tls.now == corpus.messages_by("tls_version")["none",][0]
    assert numbers.failures.now == len(corpus.refused_logins())
