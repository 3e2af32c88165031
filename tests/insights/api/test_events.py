"""Single events over the API: every one once, narrowed and ordered as asked, the same in each form, read by index."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from insights.enums import FailureReason, TlsVersion
from insights.models import Source
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.factories import fail_login, submit
from tests.insights.web.week import NOW, days_ago

SUBMISSIONS, FAILURES = "tenants/acme/submissions/", "tenants/acme/login-failures/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def api(cast: Cast) -> Api:
    """A key of acme, which has sent and refused this and that; its neighbours are canaries."""
    acme = cast.acme
    submit(acme, at=days_ago(1), count=3)
    submit(acme, at=days_ago(2), account="printer", sender="", client_ip="2001:db8::7", source="mx2")
    submit(
        acme,
        at=days_ago(2),
        sender="news@lists.example",
        tls=TlsVersion.NONE,
        mechanism="XOAUTH2",
        recipients=50,
    )
    submit(acme, at=days_ago(6, hour=0) + timedelta(hours=1), tls=TlsVersion.UNKNOWN)
    submit(acme, at=days_ago(20), account="old@acme.example")
    fail_login(acme, at=days_ago(1), count=2)
    fail_login(acme, at=days_ago(3), account="Anna@acme.example", client_ip="192.0.2.77", source="mx2")
    fail_login(acme, at=days_ago(3), reason=FailureReason.POLICY, mechanism="PLAIN")
    for neighbour in (cast.globex, cast.initech):
        submit(neighbour, at=days_ago(1), account="canary@elsewhere.example")
        fail_login(neighbour, at=days_ago(1), account="canary")
    return tenant_api(acme)


def _accounts(api: Api, path: str = SUBMISSIONS, **query: Any) -> list[str]:
    return [row["account"] for row in api.read(path, **query)["results"]]


def test_submission_has_every_column(api: Api) -> None:
    row = api.read(SUBMISSIONS, sender="NEWS@lists.example")["results"][0]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", row.pop("id"))
    assert re.fullmatch(r"[0-9A-F]+", row.pop("queue_id"))
    assert row == {
        "occurred_at": "2026-11-15T09:00:00Z",
        "source": "mx1",
        "host": "mail",
        "account": "anna@acme.example",
        "sender_address": "news@lists.example",
        "sender_domain": "lists.example",
        "client_ip": "192.0.2.10",
        "tls_version": "none",
        "mechanism": "XOAUTH2",
        "auth_class": "oauth",
        "messages": 1,
        "recipients": 50,
        "recipients_exact": True,
        "size_bytes": 1000,
        "import": None,
        "logins": 0,
    }


def test_login_failure_has_every_column(api: Api) -> None:
    row = api.read(FAILURES, source="mx2")["results"][0]
    assert len(row.pop("id")) == 36
    assert row == {
        "occurred_at": "2026-11-14T09:00:00Z",
        "source": "mx2",
        "host": "mail",
        "account": "Anna@acme.example",
        "client_ip": "192.0.2.77",
        "mechanism": "LOGIN",
        "reason": "wrong_credentials",
        "detail": "authentication failure",
        "import": None,
    }


def test_last_seven_days_come_by_default_newest_first(api: Api) -> None:
    times = [row["occurred_at"] for row in api.read(SUBMISSIONS)["results"]]
    assert times == sorted(times, reverse=True)
    assert len(times) == 6
    assert _accounts(api, start="-30d", ordering="occurred_at")[0] == "old@acme.example"
    assert len(api.read(FAILURES)["results"]) == 4


def test_days_are_the_tenants(cast: Cast, api: Api) -> None:
    # At 01:00 UTC on the 11th it is the 11th in Berlin; at 23:30 it is the 12th.
    assert len(api.read(SUBMISSIONS, start="2026-11-11", end="2026-11-11")["results"]) == 1
    assert api.read(SUBMISSIONS, start="2026-11-12", end="2026-11-12")["results"] == []
    submit(cast.acme, at=days_ago(6, hour=23) + timedelta(minutes=30))
    assert len(api.read(SUBMISSIONS, start="2026-11-11", end="2026-11-11")["results"]) == 1
    assert len(api.read(SUBMISSIONS, start="2026-11-12", end="2026-11-12")["results"]) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"account": "Anna@Acme.example"}, 5),
        ({"account": "anna"}, 0),
        ({"sender_domain": "-"}, 1),
        ({"sender_domain": "LISTS.example"}, 1),
        ({"client_ip": "192.0.2.10"}, 5),
        ({"client_ip": "192.0.0.0/8"}, 5),
        ({"client_ip": "2001:db8::/32"}, 1),
        ({"client_ip": "::ffff:192.0.2.10"}, 5),
        ({"tls_version": "none,unknown"}, 2),
        ({"auth_class": "oauth"}, 1),
        ({"mechanism": "xoauth2"}, 1),
        ({"source": "mx2"}, 1),
        ({"search": "PRINT"}, 1),
        ({"search": "lists"}, 1),
        ({"search": "2001:db8"}, 1),
        ({"source": "mx1", "tls_version": "TLS1.2", "end": "today"}, 3),
    ],
)
def test_filters_narrow_submissions(api: Api, query: dict[str, Any], count: int) -> None:
    assert len(api.read(SUBMISSIONS, **query)["results"]) == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"account": "anna@acme.example"}, 1),
        ({"client_ip": "192.0.2.64/26"}, 1),
        ({"mechanism": "plain"}, 1),
        ({"reason": "policy"}, 1),
        ({"reason": "policy,wrong_credentials"}, 4),
        ({"source": "mx2"}, 1),
        ({"search": "ANNA"}, 1),
    ],
)
def test_filters_narrow_login_failures(api: Api, query: dict[str, Any], count: int) -> None:
    assert len(api.read(FAILURES, **query)["results"]) == count


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        (SUBMISSIONS, {"start": "yesterday"}, "start"),
        (SUBMISSIONS, {"start": "2026-02-30"}, "start"),
        (SUBMISSIONS, {"start": "2026-11-17", "end": "2026-11-16"}, "start"),
        (SUBMISSIONS, {"end": "2027-01-01"}, "end"),
        (SUBMISSIONS, {"start": "-91d"}, "start"),
        (SUBMISSIONS, {"client_ip": "300.1.1.1"}, "client_ip"),
        (SUBMISSIONS, {"tls_version": "TLS9"}, "tls_version"),
        (SUBMISSIONS, {"source": "canary"}, "source"),
        (SUBMISSIONS, {"account": "a\x00b"}, "account"),
        (SUBMISSIONS, {"search": "x" * 201}, "search"),
        (SUBMISSIONS, {"ordering": "account"}, "ordering"),
        (SUBMISSIONS, {"format": "pdf"}, "format"),
        (SUBMISSIONS, {"format": "csv", "limit": "5"}, "limit"),
        (SUBMISSIONS, {"format": "xlsx", "cursor": "x"}, "cursor"),
        (SUBMISSIONS, {"cursor": "x"}, "cursor"),
        (SUBMISSIONS, {"reason": "policy"}, "reason"),
        (FAILURES, {"sender_domain": "acme.example"}, "sender_domain"),
        (FAILURES, {"tls_version": "none"}, "tls_version"),
        (FAILURES, {"reason": "tired"}, "reason"),
    ],
)
def test_wrong_parameter_is_a_400_that_names_it(
    api: Api, path: str, query: dict[str, Any], field: str
) -> None:
    problem = api.read(path, 400, **query)
    assert [error["field"] for error in problem["errors"]] == [field]
    assert problem["errors"][0]["reason"].startswith(("is ", "has ", "holds ", "does not "))


@pytest.mark.parametrize("path", [SUBMISSIONS, FAILURES])
@pytest.mark.parametrize("ordering", ["-occurred_at", "occurred_at"])
def test_pages_together_are_the_file(api: Api, path: str, ordering: str) -> None:
    query: dict[str, Any] = {"start": "-30d", "ordering": ordering}
    answer = api.read(path, limit=2, **query)
    rows = list(answer["results"])
    while answer["next"]:
        answer = api.read(path, **dict(parse_qsl(urlsplit(answer["next"]).query)))
        rows += answer["results"]
    file = api.get(f"/api/v1/{path}", {**query, "format": "csv"})
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"].startswith('attachment; filename="acme-')
    written = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
    assert written == [{name: _as_csv(value) for name, value in row.items()} for row in rows]
    assert len(rows) == (7 if path == SUBMISSIONS else 4)


def _as_csv(value: Any) -> str:
    return "" if value is None else str(value)


def test_workbook_holds_the_same_rows(api: Api) -> None:
    rows = api.read(SUBMISSIONS)["results"]
    file = api.get(f"/api/v1/{SUBMISSIONS}", {"format": "xlsx"})
    content = b"".join(file)
    head, *lines = openpyxl.load_workbook(io.BytesIO(content))["submissions"].iter_rows(values_only=True)
    assert list(head) == list(rows[0])
    found = [dict(zip(head, line, strict=True)) for line in lines]
    for row, cells in zip(rows, found, strict=True):
        assert str(cells["occurred_at"]).replace(" ", "T") + "Z" == row["occurred_at"]
        assert {name: cells[name] or "" for name in ("id", "account", "source", "sender_address")} == {
            name: row[name] for name in ("id", "account", "source", "sender_address")
        }
        assert (cells["messages"], cells["size_bytes"]) == (row["messages"], row["size_bytes"])


def test_workbook_that_would_be_too_large_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insights.api.tabular.MOST_XLSX_ROWS", 6)
    file = api.get(f"/api/v1/{SUBMISSIONS}", {"format": "xlsx"})
    assert (file.status_code, file.getvalue()[:2]) == (200, b"PK")
    monkeypatch.setattr("insights.api.tabular.MOST_XLSX_ROWS", 5)
    problem = api.read(SUBMISSIONS, 400, format="xlsx")
    assert "bound of 5 rows" in problem["errors"][0]["reason"]


def test_formula_in_a_name_is_harmless_in_csv(cast: Cast, api: Api) -> None:
    fail_login(cast.acme, at=days_ago(0), account="=cmd|' /C calc'!A0")
    file = api.get(f"/api/v1/{FAILURES}", {"format": "csv"}).getvalue().decode()
    assert ",'=cmd|' /C calc'!A0," in file, file


def test_event_of_a_source_that_is_gone_keeps_its_id(cast: Cast, api: Api) -> None:
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.get(name="mx2")
        made = str(source.pk)
        source.delete()
    assert [row["source"] for row in api.read(SUBMISSIONS, account="printer")["results"]] == [made]


def test_nothing_of_other_tenants_is_given(api: Api) -> None:
    for path in (SUBMISSIONS, FAILURES):
        for form in ("json", "csv"):
            answer = api.get(f"/api/v1/{path}", {"start": "-89d", "format": form})
            assert b"canary" not in answer.getvalue()
        assert api.read(path.replace("acme", "globex"), 404)["status"] == 404
    assert api.read(SUBMISSIONS, search="canary")["results"] == []


def test_key_that_may_only_send_reads_nothing(cast: Cast) -> None:
    api = tenant_api(cast.acme, Scope.INGEST)
    assert api.read(SUBMISSIONS, 403)["status"] == api.read(FAILURES, 403)["status"] == 403


@pytest.mark.parametrize("count", [1, 60])
def test_page_takes_the_same_queries_for_any_number_of_rows(cast: Cast, api: Api, count: int) -> None:
    submit(cast.acme, at=days_ago(0), count=count)
    api.read(SUBMISSIONS)
    with CaptureQueriesContext(connection) as queries:
        api.read(SUBMISSIONS, limit=1000, source="mx1")
    assert len([one for one in queries if one["sql"].startswith("SELECT") and "insights_" in one["sql"]]) == 3
    assert len(queries) <= 10


@pytest.mark.parametrize(("path", "table"), [(SUBMISSIONS, "submission"), (FAILURES, "loginfailure")])
def test_page_reads_its_weeks_by_the_index_in_order(cast: Cast, api: Api, path: str, table: str) -> None:
    """The week of 9 November is asked for: no other partition is read, nothing is sorted, nothing scanned whole."""
    for days in range(0, 36, 5):
        submit(cast.acme, at=days_ago(days), count=100)
        fail_login(cast.acme, at=days_ago(days), count=100)
    for ordering in ("-occurred_at", "occurred_at"):
        query: dict[str, Any] = {
            "start": "2026-11-10",
            "end": "2026-11-14",
            "limit": 10,
            "ordering": ordering,
        }
        after = dict(parse_qsl(urlsplit(api.read(path, **query)["next"]).query))
        for page in (query, after):
            _assert_by_index(cast, api, path, table, page)


def _assert_by_index(cast: Cast, api: Api, path: str, table: str, query: dict[str, Any]) -> None:
    with CaptureQueriesContext(connection) as queries:
        api.read(path, **query)
    (statement,) = [one["sql"] for one in queries if f'FROM "insights_{table}"' in one["sql"]]
    with tenant_scope([cast.acme.pk]), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (COSTS OFF) {statement.replace('%', '%%')}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert set(re.findall(r"insights_[a-z]+_(\d{4}w\d\d)", plan)) == {"2026w46"}, plan
    assert re.search(r"Index Scan.*\n *Index Cond", plan), plan
    assert not re.search("Sort|Seq Scan", plan), plan
