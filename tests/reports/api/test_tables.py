"""The six tables over the API: rows, forms, filters, refusals, tags."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from reports.tables import KINDS
from tenants.roles import Scope
from tests.api import Api, api_with, provider_api, tenant_api
from tests.cast import Cast

REPORTS = "tenants/acme/reports"
WEEK = {"start": "2026-11-11", "end": "2026-11-17"}


@pytest.fixture
def api(week: Cast) -> Api:
    """A client that may read acme's reports."""
    return tenant_api(week.acme)


def test_volume_of_the_week(api: Api) -> None:
    found = api.read(f"{REPORTS}/sending-volume/")
    assert {name: found[name] for name in ("kind", "tenant", "time_zone", "start", "end")} == {
        "kind": "sending-volume",
        "tenant": "acme",
        "time_zone": "Europe/Berlin",
        **WEEK,
    }
    assert [row["messages"] for row in found["rows"]] == [4, 0, 1, 2, 1, 8, 0]
    assert found["totals"] == {"messages": 16, "recipients": 22}


def test_client_rows_in_the_order_asked_for(api: Api) -> None:
    found = api.read(f"{REPORTS}/clients/", ordering="-recipients")
    assert found["rows"][0] == {
        "account": "app@acme.example",
        "client_ip": "192.0.2.10",
        "tls_version": "unknown",
        "mechanism": "XOAUTH2",
        "auth_class": "oauth",
        "messages": 2,
        "recipients": 8,
        "sender_addresses": 1,
        "first_at": "2026-11-14T09:00:00Z",
        "last_at": "2026-11-14T09:00:00Z",
        "logins": 0,
    }
    counts = [row["recipients"] for row in found["rows"]]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start": "-20d"},
        {"client_ip": "192.0.2.0/24"},
        {"mechanism": "LOGIN"},
        {"source": "mx1"},
        {"search": "anna"},
        {"account": "ANNA@acme.example"},
    ],
)
def test_csv_and_workbook_hold_the_rows_of_the_json(api: Api, name: str, query: dict[str, str]) -> None:
    found = api.read(f"{REPORTS}/{name}/", 200, **query)
    text = api.get(f"/api/v1/{REPORTS}/{name}/", {**query, "format": "csv"})
    assert text["Content-Type"] == "text/csv; charset=utf-8"
    days = f"{found['start']}-{found['end']}"
    assert text["Content-Disposition"] == f'attachment; filename="acme-{name}-{days}.csv"'
    head, *rows = csv.reader(io.StringIO(text.content.decode(), newline=""))
    # Files have the columns that scripts know; JSON may have further members behind them.
    assert head == list(KINDS[name].columns) == found["columns"][: len(head)]
    cells = [[row[column] for column in head] for row in found["rows"]]
    wanted = [["" if v is None else str(v) for v in row] for row in cells]
    assert [[cell.removeprefix("'") for cell in row] for row in rows] == wanted
    book = api.get(f"/api/v1/{REPORTS}/{name}/", {**query, "format": "xlsx"})
    sheet: Any = load_workbook(io.BytesIO(book.content))[name]
    assert [[_plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] == [
        head,
        *cells,
    ]
    sums = {column: sum(row[column] for row in found["rows"]) for column in found["totals"]}
    assert found["totals"] == sums


def _plain(cell: Any) -> Any:
    """Return a typed cell as the JSON has it; 100 and 100.0 are the same number."""
    if hasattr(cell, "isoformat"):
        return str(cell.date()) if (cell.hour, cell.minute) == (0, 0) else f"{cell.isoformat()}Z"
    return cell


@pytest.mark.parametrize(
    ("query", "messages"),
    [
        ({"sender_domain": "acme.example"}, 13),
        ({"sender_domain": "-"}, 1),
        ({"sender": "news@acme-mail.example"}, 2),
        ({"account": "app@acme.example"}, 3),
        ({"client_ip": "192.0.2.76/31"}, 3),
        ({"client_ip": "192.0.2.64/26"}, 4),
        ({"tls_version": "TLS1.0,none"}, 4),
        ({"auth_class": "oauth"}, 3),
        ({"mechanism": "login"}, 3),
        ({"source": "mx1"}, 16),
        ({"start": "-20d", "end": "-20d"}, 50),
        ({"tls_version": "TLS1.2", "account": "anna@acme.example", "mechanism": "PLAIN"}, 4),
    ],
)
def test_every_table_of_messages_is_narrowed_alike(api: Api, query: dict[str, str], messages: int) -> None:
    for name in ("sending-volume", "tls-usage", "authentication", "senders", "clients"):
        found = api.read(f"{REPORTS}/{name}/", 200, **query)
        assert found["totals"]["messages"] == messages, name
        assert found["filters"] == {
            k: v for k, v in query.items() if k not in {"start", "end", "sender_domain"}
        }


def test_failures_are_narrowed_by_what_they_carry(api: Api) -> None:
    assert api.read(f"{REPORTS}/failures/")["totals"] == {"failures": 4}
    assert api.read(f"{REPORTS}/failures/", account="ADMIN")["totals"] == {"failures": 3}
    assert api.read(f"{REPORTS}/failures/", reason="server_fault")["totals"] == {"failures": 1}
    problem = api.read(f"{REPORTS}/failures/", 400, tls_version="TLS1.0", sender_domain="acme.example")
    assert [error["field"] for error in problem["errors"]] == ["sender_domain", "tls_version"]
    assert "carry no sender, no TLS version and no auth class" in problem["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("start=2026-02-30", "start", "is not a day of the calendar"),
        ("start=2019-01-01", "start", "is before the days that are kept; choose a day from 20 August 2026"),
        ("end=2026-12-01", "end", "is in the future"),
        ("client_ip=192.0.2.999", "client_ip", "is no address or network"),
        ("tls_version=TLS4", "tls_version", "it can be none, SSL3, TLS1.0"),
        ("source=mx9", "source", "is no source here; it can be mx1."),
        ("ordering=size", "ordering", "is not a column to sort by; it can be accounts, auth_unknown"),
        ("format=pdf", "format", "it can be json, csv, xlsx"),
        ("domain=acme.example", "domain", "is not a parameter here; it can be account, auth_class"),
        ("tls_version=TLS1.0&tls_version=TLS1.1", "tls_version", "is there more than once"),
        ("account=a%00", "account", "has a NUL character in it."),
    ],
)
def test_bad_parameter_is_named_with_what_is_allowed(api: Api, query: str, field: str, reason: str) -> None:
    response = api.get(f"/api/v1/{REPORTS}/senders/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    (error,) = response.json()["errors"]
    assert error["field"] == field
    assert reason in error["reason"]


def test_table_with_an_order_of_its_own_knows_no_ordering(api: Api) -> None:
    problem = api.read(f"{REPORTS}/tls-usage/", 400, ordering="messages")
    assert problem["errors"][0]["field"] == "ordering"


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_tag_stays_until_the_rows_change(week: Cast, api: Api, form: str) -> None:
    from tests.factories import submit
    from tests.reports.web.conftest import days_ago

    path = f"/api/v1/{REPORTS}/clients/?format={form}"
    first = api.get(path)
    tag = first["ETag"]
    assert tag.startswith('W/"')
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(first["Vary"].split(", "))
    for known in (tag, f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = api.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert api.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
    assert api.get(f"{path}&ordering=messages")["ETag"] != tag
    submit(week.acme, at=days_ago(1), account="anna@acme.example")
    changed = api.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_head_answers_like_get_without_the_body(api: Api) -> None:
    path = f"/api/v1/{REPORTS}/senders/?start=-3d"
    got, head = api.get(path), api.head(path)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", got["ETag"])


def test_large_table_comes_from_a_file(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/api/v1/{REPORTS}/clients/"
    whole = api.get(path).content
    monkeypatch.setattr("reports.api.files.IN_MEMORY", 100)
    response: Any = api.get(path)
    assert response.streaming
    assert b"".join(response.streaming_content) == whole
    assert int(response["Content-Length"]) == len(whole)


def test_who_may_read(week: Cast) -> None:
    path = f"{REPORTS}/senders/"
    api_with(None).read(path, 401)
    tenant_api(week.initech).read(path, 404)
    provider_api(week.south).read(path, 404)
    tenant_api(week.acme, Scope.INGEST).read(path, 403)
    assert provider_api(week.north).read(path)["totals"]["messages"] == 16
    assert "canary" not in str(provider_api(week.north).read(path, start="-30d"))


def test_number_of_queries_is_that_of_one_row(
    week: Cast, api: Api, django_assert_max_num_queries: Any
) -> None:
    for name in KINDS:
        with django_assert_max_num_queries(12):
            api.read(f"{REPORTS}/{name}/", source="mx1")
