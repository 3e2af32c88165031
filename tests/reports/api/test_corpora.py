"""The real logs: API, page, CSV, workbook and command agree cell by cell, and Postfix's with what was sent."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.enums import TlsVersion
from insights.ingest.formats import FORMATS
from reports.tables import KINDS
from tenants.models import User
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.imports import import_file
from tests.insights.ingest import corpus
from tests.reports.api.forms import (
    AUTH_WORDS,
    TLS_WORDS,
    api_file,
    api_table,
    csv_table,
    folded,
    page_rows,
    printed,
    shown_row,
    xlsx_table,
)
from tests.reports.web.page import read

ClientOf = Callable[[User], Client]
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = {"start": "2026-11-18", "end": "2026-11-24"}
ADDRESS = "range=custom&start=2026-11-18&end=2026-11-24"
LOGS = {"postfix": "mail.log", "exim": "mainlog", "sendmail": "maillog"}
NARROWED: list[dict[str, str]] = [
    {},
    {"tls_version": "TLS1.2"},
    {"client_ip": "127.0.0.0/8"},
    {"mechanism": "PLAIN"},
    {"sender_domain": "-"},
]


def _path(name: str) -> Path:
    return corpus.FOLDER.parent / name / LOGS[name]


@pytest.fixture(
    params=[
        pytest.param(
            name,
            marks=pytest.mark.skipif(
                name not in FORMATS or not _path(name).exists(),
                reason=f"no ../shared/corpora/{name} beside this checkout",
            ),
        )
        for name in LOGS
    ]
)
def imported(request: pytest.FixtureRequest, cast: Cast) -> Iterator[Cast]:
    """A corpus in the database, on the day after it was written."""
    with time_machine.travel(NOW, tick=False):
        import_file(cast.acme, _path(request.param), year=corpus.YEAR, format=request.param, now=NOW)
        yield cast


def test_every_form_of_every_table_has_the_same_cells(imported: Cast) -> None:
    api, cells = tenant_api(imported.acme), 0
    for kind, declared in KINDS.items():
        for narrowed in NARROWED:
            if not narrowed.keys() <= declared.parameters:
                continue
            query = {**DAYS, **narrowed}
            table = api_table(api, kind, **query)
            rows = [[row[name] for name in declared.columns] for row in table["rows"]]
            written = [["" if cell is None else str(cell) for cell in row] for row in rows]
            assert csv_table(api_file(api, kind, "csv", **query)) == written
            assert printed(kind, "csv", **query) == api_file(api, kind, "csv", **query).decode()
            assert xlsx_table(api_file(api, kind, "xlsx", **query), kind) == _typed(rows)
            assert json.loads(printed(kind, "json", **query)) == table
            cells += sum(map(len, rows))
    assert cells > 1_000


def _typed(rows: list[list[Any]]) -> list[list[Any]]:
    """A workbook has days as times at midnight."""
    return [
        [f"{cell}T00:00:00Z" if at == 0 and _is_day(cell) else cell for at, cell in enumerate(row)]
        for row in rows
    ]


def _is_day(cell: Any) -> bool:
    return isinstance(cell, str) and len(cell) == 10 and cell.count("-") == 2


def test_pages_show_the_rows_of_the_api(imported: Cast, client_of: ClientOf) -> None:
    api, client = tenant_api(imported.acme), client_of(imported.carol)
    for kind, page, caption in (
        ("clients", "/t/acme/clients/", "Clients"),
        ("failures", "/t/acme/failed-logins/", "Failed logins"),
    ):
        table = api_table(api, kind, **DAYS)
        shown = [[folded(cell) for cell in row] for row in page_rows(client, f"{page}?{ADDRESS}", caption)]
        assert shown == [shown_row(kind, row, imported.acme.zone) for row in table["rows"]]


def test_details_show_the_rows_of_the_api(imported: Cast, client_of: ClientOf) -> None:
    api, client = tenant_api(imported.acme), client_of(imported.carol)
    rows = api_table(api, "senders", **DAYS)["rows"]
    details = f"/t/acme/reports/smtp-auth/details/?{ADDRESS}"
    tls = ("tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3", "tls_ssl3", "tls_none", "tls_unknown")
    auth = ("basic", "oauth", "other", "auth_unknown")
    for view, columns in (("tls", tls), ("auth", auth)):
        wanted = [
            [
                folded(row["sender_address"]),
                *(_share(row[name], row["messages"]) for name in columns),
                f"{row['messages']:,}",
            ]
            for row in rows
        ]
        shown = page_rows(client, f"{details}&view={view}", "Senders")
        assert [[folded(row[0]), *row[1:]] for row in shown] == wanted
    shown = page_rows(client, details, "Senders")
    assert [(folded(row[0]), row[1], row[2]) for row in shown] == [
        (folded(row["sender_address"]), f"{row['messages']:,}", f"{row['recipients']:,}") for row in rows
    ]


def _share(part: int, whole: int) -> str:
    percent = (2000 * part + whole) // (2 * whole) / 10
    return f"{percent:.1f} % ({part:,})"


def test_charts_show_the_rows_of_the_api(imported: Cast, client_of: ClientOf) -> None:
    api, client = tenant_api(imported.acme), client_of(imported.carol)
    report = f"/t/acme/reports/smtp-auth/?{ADDRESS}"
    volume = api_table(api, "sending-volume", **DAYS)["rows"]
    chart = read(client, report).chart("volume")
    # Days before the first line are not known: a gap in the chart, and no message in the table.
    assert [value or 0 for value in chart["series"][0]["values"]] == [row["messages"] for row in volume]
    tls = {row["tls_version"]: row["messages"] for row in api_table(api, "tls-usage", **DAYS)["rows"]}
    series = read(client, f"{report}&view=tls").chart("tls")["series"]
    assert {one["label"]: sum(value or 0 for value in one["values"]) for one in series} == {
        TLS_WORDS[TlsVersion(name)]: count for name, count in tls.items() if count
    }
    auth = api_table(api, "authentication", **DAYS)
    shown = read(client, f"{report}&view=auth").tables["Messages by mechanism"][1:-1]
    total = auth["totals"]["messages"]
    assert shown == [
        [row["mechanism"], AUTH_WORDS[row["auth_class"]], _share(row["messages"], total)]
        for row in auth["rows"]
    ]


def test_summary_is_that_of_the_dashboard(imported: Cast, client_of: ClientOf) -> None:
    found = tenant_api(imported.acme).read("tenants/acme/summary/")
    page = client_of(imported.carol).get("/t/acme/")
    assert page.context is not None
    shown = page.context["numbers"]
    assert {name: change["now"] for name, change in found["numbers"].items()} == {
        name: getattr(shown, name).now for name in found["numbers"]
    }
    assert found["numbers"]["messages"]["now"] == sum(row["messages"] for row in found["tls_usage"]) > 0


@corpus.needs_corpus
def test_clients_of_the_postfix_log_are_those_that_sent(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        import_file(cast.acme, corpus.LOG, year=corpus.YEAR, now=NOW)
        api: Api = tenant_api(cast.acme)
        columns = ("account", "client_ip", "tls_version", "mechanism")
        rows = api_table(api, "clients", **DAYS)["rows"]
        assert {
            tuple(row[name] for name in columns): (row["messages"], row["recipients"]) for row in rows
        } == (corpus.messages_by(*columns))
        (address, _count), *_more = Counter(row["client_ip"] for row in rows).most_common()
        narrowed = api_table(api, "clients", client_ip=f"{address}/32", **DAYS)["rows"]
        assert narrowed == [row for row in rows if row["client_ip"] == address]
