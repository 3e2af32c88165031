"""The numbers of a mailed report are those of the queries, in its texts, its CSV and its workbook alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import unescape

import pytest

from insights.enums import TlsVersion
from insights.queries import Selection, sender_totals, sending_volume, tls_usage
from reports.build.gather import content_of
from reports.content import adds_up, findings
from reports.deliver import deliver
from reports.models import ReportRequest
from reports.render.chart import chart_spec
from reports.render.words import chart_in_words, sentences
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import submit
from tests.reports.attached import attached, csv_rows, html_of, text_of, xlsx_rows, xlsx_summary
from tests.reports.orders import NOW, WEEK, at
from tests.reports.smtp_sink import Sink

pytestmark = pytest.mark.usefixtures("acme_mail")

Order = Callable[..., ReportRequest]
CSV_NAME = "acme-smtp-auth-2026-11-10-2026-11-16.csv"
XLSX_NAME = "acme-smtp-auth-2026-11-10-2026-11-16.xlsx"


def test_report_csv_sheet_and_queries_are_equal(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = make_order()
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    files = attached(sink.taken[0])
    assert sorted(files) == [CSV_NAME, XLSX_NAME]
    rows = csv_rows(files[CSV_NAME])
    sheet = xlsx_rows(files[XLSX_NAME])
    assert [{name: str(value or "") for name, value in row.items()} for row in sheet] == rows
    with tenant_scope([cast.acme.pk]):
        totals = sender_totals(Selection(WEEK))
        by_day = {
            row.day.isoformat(): row.messages for row in sending_volume(Selection(WEEK)) if row.messages
        }
        by_tls = {row.tls_version: row.messages for row in tls_usage(Selection(WEEK)) if row.messages}
    found_day: Counter[str] = Counter()
    found_tls: Counter[str] = Counter()
    for row in rows:
        found_day[row["day"]] += int(row["messages"])
        found_tls[row["tls_version"]] += int(row["messages"])
    assert dict(found_day) == by_day
    assert dict(found_tls) == by_tls
    assert sum(int(row["messages"]) for row in rows) == totals["messages"] == 54
    assert sum(int(row["recipients"]) for row in rows) == totals["recipients"] == 86


def test_report_texts_tell_the_same_numbers(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = make_order()
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    text, html = text_of(sink.taken[0]).replace("\xa0", " "), html_of(sink.taken[0])
    assert text.splitlines()[0].startswith(
        "1 of 5 accounts still sends over SSL 3, TLS 1.0 or TLS 1.1: 17 of 54"
    )
    plain = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html.partition("<body")[2]))).replace(
        "\xa0", " "
    )
    for line in (
        "TLS 1.3 22.2 % 12",
        "TLS 1.0 25.9 % 14",
        "No TLS 9.3 % 5",
        "TLS unknown 3.7 % 2",
        "Total 54",
    ):
        assert line in plain
    for line in (
        "TLS 1.3 12 22.2 %",
        "Basic: LOGIN 17 31.5 %",
        "Tue 10 Nov 12",
        "Failed logins",
    ):
        assert line in re.sub(" +", " ", text)
    summary = xlsx_summary(attached(sink.taken[0])[XLSX_NAME])
    assert ("Messages", 54) in [row[:2] for row in summary]
    assert ("Accounts", 5) in [row[:2] for row in summary]


def test_report_chart_and_its_words_add_up(cast: Cast, make_order: Order) -> None:
    request = make_order()
    with tenant_scope([cast.acme.pk]):
        content = content_of(request, tenant=cast.acme, now=NOW)
    assert adds_up(content)
    assert sum(value["messages"] for value in chart_spec(content)["data"]["values"]) == 54
    assert chart_in_words(content) == (
        "Messages a day. 10 Nov: 12, 11 Nov: 8, 12 Nov: 14, 13 Nov: 3, 14 Nov: 5, 15 Nov: 0, 16 Nov: 12. "
        "In all, TLS 1.3: 12, TLS 1.2: 18, TLS 1.1: 3, TLS 1.0: 14, No TLS: 5, TLS unknown: 2."
    )


def test_report_chart_words_are_ascii_in_any_language(cast: Cast, make_order: Order) -> None:
    from django.utils import translation

    request = make_order()
    with tenant_scope([cast.acme.pk]):
        content = content_of(request, tenant=cast.acme, now=NOW)
    with translation.override("ko"):
        spec = chart_spec(content)
    assert str(spec).isascii()


def test_report_of_the_authentication_view_stacks_classes(cast: Cast, make_order: Order) -> None:
    request = make_order(view="auth")
    with tenant_scope([cast.acme.pk]):
        content = content_of(request, tenant=cast.acme, now=NOW)
    assert adds_up(content)
    assert chart_in_words(content).endswith("In all, OAuth: 8, Basic: 44, Unknown: 2.")


def test_report_of_a_domain_tells_of_it_alone(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = make_order(sender_domain="branch.example")
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    rows = csv_rows(attached(sink.taken[0])[CSV_NAME])
    assert [(row["sender_address"], row["messages"]) for row in rows] == [("fax@branch.example", "5")]
    assert "Failed logins" not in text_of(sink.taken[0])
    assert "domain=branch.example" in html_of(sink.taken[0])


def test_report_of_senders_without_a_domain_links_to_them(cast: Cast, make_order: Order) -> None:
    submit(cast.acme, at=at(12), account="printer", sender="printer", count=2)
    request = make_order(sender_domain="")
    with tenant_scope([cast.acme.pk]):
        content = content_of(request, tenant=cast.acme, now=NOW)
    assert content.totals.messages == 2
    assert "domain=-&" in content.view_url


def test_report_without_old_tls_says_so_first(cast: Cast, make_order: Order) -> None:
    submit(cast.globex, at=at(12, 15), mechanism="XOAUTH2", count=2)
    request = make_order(tenant=cast.globex)
    with tenant_scope([cast.globex.pk]):
        content = content_of(request, tenant=cast.globex, now=NOW)
    assert [finding.value for finding in findings(content.totals)] == ["all_well"]
    first, *further = sentences(content)
    assert first == "1 account sent 2 messages, none over SSL 3, TLS 1.0 or TLS 1.1 and none without TLS."
    assert [one.rpartition(": ")[2] for one in further] == [
        "nothing received from mx1. Nothing is known of what was sent there.",
        "before the first line, so that nothing is known.",
    ]


def test_report_costs_the_same_for_any_number_of_senders(
    cast: Cast, make_order: Order, django_assert_num_queries: Callable[..., object]
) -> None:
    request = make_order()
    with tenant_scope([cast.acme.pk]), django_assert_num_queries(18):  # type: ignore[attr-defined]
        content_of(request, tenant=cast.acme, now=NOW)
    for number in range(40):
        submit(cast.acme, at=at(13), account=f"u{number}@acme.example", tls=TlsVersion.TLS1_0)
    with tenant_scope([cast.acme.pk]), django_assert_num_queries(19):  # type: ignore[attr-defined]
        content = content_of(request, tenant=cast.acme, now=NOW)
    assert (len(content.top_senders), len(content.old_clients), content.old_clients_count) == (10, 10, 43)
    assert adds_up(content)
