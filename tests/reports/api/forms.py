"""The same table as the API, a CSV, a workbook, the command and a page give it, read back into plain rows."""

from __future__ import annotations

import csv
import io
import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from insights.enums import AuthClass, FailureReason, TlsVersion
from tests.api import Api
from tests.reports.web.page import read

TLS_WORDS = {
    TlsVersion.TLS1_3: "TLS 1.3",
    TlsVersion.TLS1_2: "TLS 1.2",
    TlsVersion.TLS1_1: "TLS 1.1",
    TlsVersion.TLS1_0: "TLS 1.0",
    TlsVersion.SSL3: "SSL 3",
    TlsVersion.NONE: "No TLS",
    TlsVersion.UNKNOWN: "TLS unknown",
}
AUTH_WORDS = {
    AuthClass.OAUTH: "OAuth",
    AuthClass.BASIC: "Basic",
    AuthClass.OTHER: "Other",
    AuthClass.UNKNOWN: "Unknown",
}
REASON_WORDS = {
    FailureReason.WRONG_CREDENTIALS: "Wrong credentials",
    FailureReason.SERVER_FAULT: "Fault of the server",
    FailureReason.CANCELLED: "Cancelled by the client",
    FailureReason.MECHANISM_NOT_OFFERED: "Mechanism not offered",
    FailureReason.POLICY: "Refused by policy",
}
_PAGE = 50
Rows = list[list[Any]]


def api_table(api: Api, kind: str, **query: str) -> dict[str, Any]:
    """Return the table as JSON; its totals must be the sums of its rows."""
    table: dict[str, Any] = api.read(f"tenants/acme/reports/{kind}/", 200, **query)
    assert table["totals"] == {name: sum(row[name] for row in table["rows"]) for name in table["totals"]}
    return table


def api_file(api: Api, kind: str, form: str, **query: str) -> bytes:
    """Return the table as a file."""
    response: Any = api.get(f"/api/v1/tenants/acme/reports/{kind}/", {**query, "format": form})
    assert response.status_code == 200
    return bytes(response.content)


def csv_table(content: bytes) -> Rows:
    """Return the cells of a CSV without the head, apostrophes before formulas taken off."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    return [[cell.removeprefix("'") for cell in row] for row in rows]


def xlsx_table(content: bytes, kind: str) -> Rows:
    """Return the typed cells of a workbook without the head, days and times as the API writes them."""
    sheet: Any = load_workbook(io.BytesIO(content))[kind]
    return [[_plain(cell) for cell in row] for row in list(sheet.iter_rows(values_only=True))[1:]]


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return f"{cell.isoformat()}Z"
    return cell


def printed(kind: str, form: str, **query: str) -> str:
    """Return what `manage.py report` prints."""
    out = io.StringIO()
    options = [f"--{name.replace('_', '-')}={text}" for name, text in query.items()]
    call_command("report", kind, "--tenant", "acme", *options, "--format", form, stdout=out)
    return out.getvalue()


def page_rows(client: Client, url: str, caption: str) -> Rows:
    """Return the rows of a page's table without head and footer, of all its pages."""
    found: Rows = []
    for number in range(1, 1_000):
        rows = read(client, f"{url}&page={number}").tables[caption][1:-1]
        found += rows
        if len(rows) < _PAGE:
            break
    return found


def shown_row(kind: str, row: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """Return how a page shows a row of clients or failures; names aside, which it shows as they were written."""
    cells = []
    for name, value in row.items():
        if name in {"auth_class", "logins"}:
            continue
        if name.endswith("_at"):
            at = datetime.fromisoformat(value).astimezone(zone)
            cells.append(f"{at.day} {at:%b %Y %H:%M}")
        elif name == "tls_version":
            cells.append(TLS_WORDS[TlsVersion(value)])
        elif name == "reason":
            cells.append(REASON_WORDS[FailureReason(value)])
        elif name == "mechanism" and "auth_class" in row:
            cells.append(f"{AUTH_WORDS[AuthClass(row['auth_class'])]} {value}")
        else:
            cells.append(f"{value:,}" if isinstance(value, int) else str(value or "–"))
    return [folded(cell) for cell in cells]


def folded(text: str) -> str:
    """Return a text of a page or of the data in the form in which both can be compared."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    seen = "".join(f"⟨U+{ord(c):04X}⟩" if unicodedata.category(c) in hidden else c for c in text)
    return " ".join(unicodedata.normalize("NFC", seen).casefold().split())
