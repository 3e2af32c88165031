"""The page of a source: its numbers, its days, hosts without TLS, clocks, what came twice, and why a number is zero."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from insights.enums import TlsVersion
from insights.models import ImportStatus, Source
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, log_in, make_source, submit
from tests.insights.web.import_rows import COUNTED, make_import, make_overlap, make_samples
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(tenant: Tenant, name: str = "mx1") -> str:
    return f"/t/{tenant.slug}/sources/{make_source(tenant, name).pk}/"


def change(tenant: Tenant, name: str = "mx1", **fields: Any) -> None:
    with tenant_scope([tenant.pk]):
        Source.objects.filter(name=name).update(**fields)


def test_numbers_are_those_of_lines_and_events(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1), count=3)
    submit(cast.acme, at=days_ago(2), tls=TlsVersion.UNKNOWN)
    fail_login(cast.acme, at=days_ago(1), count=2)
    log_in(cast.acme, at=days_ago(1))
    submit(cast.acme, at=days_ago(1), source="mx2", count=50)
    make_import(cast.acme, **COUNTED)
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert "Messages 4 Logins 1 Refused logins 2 TLS known 75.0 %" in told
    # 4,210 + 28,123 matched of 41,759 lines, of which 1,305 were not recognised; 98 came twice.
    assert "Matched 77.4 %" in told
    assert "Total 4 75.0 % 2 41,759 77.4 % 1,305 98" in told


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "no line yet"),
        ({"last_line_at": NOW, "last_received_at": NOW}, "up to date"),
        ({"last_line_at": days_ago(9), "last_received_at": days_ago(9)}, "no recent line"),
        (
            {"last_line_at": days_ago(9), "last_received_at": days_ago(9), "silent_since": days_ago(8)},
            "silent since 9 Nov 2026, 10:00",
        ),
    ],
)
def test_state_is_told_in_words(cast: Cast, client_of: ClientOf, fields: dict[str, Any], told: str) -> None:
    make_source(cast.acme)
    change(cast.acme, **fields)
    assert told in words(client_of(cast.carol).get(page_of(cast.acme)))


def test_lag_is_between_the_line_and_its_coming(cast: Cast, client_of: ClientOf) -> None:
    make_source(cast.acme)
    change(cast.acme, last_line_at=NOW - timedelta(hours=5), last_received_at=NOW - timedelta(hours=2))
    assert "lag then 3 hours" in words(client_of(cast.carol).get(page_of(cast.acme))).replace("\xa0", " ")


def test_host_without_tls_versions_is_named_with_what_mends_it(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1), count=2, tls=TlsVersion.UNKNOWN)
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert (
        "For mail: Postfix writes it for every connection with this line in main.cf: smtpd_tls_loglevel = 1"
        in told
    )


def test_host_that_tells_every_version_needs_no_hint(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1), count=2)
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert "Every host tells the TLS version of its sessions." in told
    assert "smtpd_tls_loglevel" not in told


def test_what_was_read_twice_names_both_files(cast: Cast, client_of: ClientOf) -> None:
    first = make_import(cast.acme, file_name="mon.log", **COUNTED)
    second = make_import(cast.acme, file_name="tue.log", **COUNTED)
    make_overlap(second, first, 91)
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert "91 events came again and were counted once: 91 of tue.log stood in mon.log" in told


def test_lines_from_the_future_name_their_host(cast: Cast, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, unrecognised={"in_the_future": 2}, heartbeat_at=NOW)
    make_samples(log_import, "2026-11-20T12:00:00+00:00 mx9 postfix/qmgr[1]: A1: removed")
    with tenant_scope([cast.acme.pk]):
        log_import.skipped_lines.update(reason="in_the_future")
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert "Host mx9 is 3 days ahead: lines more than a day ahead are left out." in told


def test_gap_is_a_day_of_which_nothing_is_known(cast: Cast, client_of: ClientOf) -> None:
    for back in range(35):
        if back != 3:
            submit(cast.acme, at=days_ago(back))
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert "1 day is missing. Reports mark them." in told
    assert "Sat 14 Nov 2026 nothing received – – – 0 – 0 0" in told


def test_unrecognised_lines_have_reasons_and_samples(cast: Cast, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    make_samples(log_import, "<b>no stamp</b>")
    client = client_of(cast.carol)
    page = client.get(page_of(cast.acme))
    assert b"&lt;b&gt;no stamp&lt;/b&gt;" in page.content
    response = client.get(f"{page_of(cast.acme)}unrecognised.csv")
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert rows == [
        {"file_name": "mail.log", "line_number": "100", "reason": "no_stamp", "text": "<b>no stamp</b>"}
    ]


def _undone(tenant: Tenant) -> None:
    make_import(tenant, **COUNTED, status=ImportStatus.UNDONE)


def _all_before(tenant: Tenant) -> None:
    make_import(tenant, unrecognised={"before_retention": 1290, "no_stamp": 7})


def _all_future(tenant: Tenant) -> None:
    make_import(tenant, unrecognised={"in_the_future": 7})


def _other_programs(tenant: Tenant) -> None:
    make_import(tenant, lines_other=400, programs={"postfix/smtp": 390, "dovecot": 10})


def _only_logins(tenant: Tenant) -> None:
    log_in(tenant, at=days_ago(1), count=2)
    make_import(tenant, lines_event=2)


def _only_refused(tenant: Tenant) -> None:
    fail_login(tenant, at=days_ago(1), count=3)
    make_import(tenant, lines_event=3)


def _other_days(tenant: Tenant) -> None:
    submit(tenant, at=days_ago(30))
    make_import(tenant, lines_event=1, lines_evidence=1)


@pytest.mark.parametrize(
    ("arrange", "told"),
    [
        (make_source, "Nothing has been read yet. Upload a log of this server, or connect it."),
        (_undone, "What had been read for these days was undone: "),
        (
            _all_before,
            "No line could be used: 1,290 of 1,297 are from before the days that are kept. Keep more days",
        ),
        (_all_future, "No line could be used: 7 of 7 are dated in the future. Look at the server's clock"),
        (
            _other_programs,
            "The log has 390 lines of postfix/smtp, none of postfix/smtpd: is this the relay's log?",
        ),
        (_only_logins, "2 logins are told and no message: this source tells of logins alone."),
        (_only_refused, "Nobody got in: every login was refused, 3 of them. Look at the failed logins."),
        (_other_days, "Nobody sent on these days; the last message was on 18 October 2026. Show those days."),
    ],
)
def test_zero_has_a_reason_and_a_next_step(
    cast: Cast, client_of: ClientOf, arrange: Callable[[Tenant], object], told: str
) -> None:
    arrange(cast.acme)
    assert told in words(client_of(cast.carol).get(page_of(cast.acme)))


def test_old_log_that_was_read_today_says_nothing_of_today(cast: Cast, client_of: ClientOf) -> None:
    for back in range(20, 40):
        submit(cast.acme, at=days_ago(back))
    make_import(cast.acme, lines_event=20, lines_evidence=80)
    change(cast.acme, last_received_at=NOW)
    told = words(client_of(cast.carol).get(page_of(cast.acme)))
    assert "Nothing has come since 28 October 2026" in told
    assert "Nobody sent on these days" not in told


def test_source_with_messages_needs_no_reason(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1))
    assert b"health-zero" not in client_of(cast.carol).get(page_of(cast.acme)).content


def test_source_of_another_customer_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    theirs = make_source(cast.initech, "canary")
    client = client_of(cast.carol)
    for path in ("", "unrecognised.csv"):
        assert client.get(f"/t/acme/sources/{theirs.pk}/{path}").status_code == 404


def test_page_takes_the_same_queries_for_any_data(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.carol)
    path = page_of(cast.acme)
    client.get(path)
    for count in (1, 3):
        for number in range(count):
            submit(cast.acme, at=days_ago(number + 1), count=2)
            later = make_import(cast.acme, **COUNTED)
            make_samples(later, "one", "two")
            make_overlap(later, make_import(cast.acme, **COUNTED), 4)
        with django_assert_num_queries(28):
            client.get(path)
