"""The same numbers on the screen, in CSV, in XLSX and in JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from tenants.models import User
from tests.cast import Cast
from tests.reports.web.page import read

ClientOf = Callable[[User], Client]
REPORT = "/t/acme/reports/smtp-auth/"
DETAILS = f"{REPORT}details/"
DAYS = ["Wed 11 Nov", "Thu 12 Nov", "Fri 13 Nov", "Sat 14 Nov", "Sun 15 Nov", "Mon 16 Nov", "Tue 17 Nov"]


def downloaded(client: Client, url: str) -> list[dict[str, str]]:
    response: Any = client.get(url)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))


def printed(kind: str, *more: str) -> dict[str, Any]:
    out = io.StringIO()
    days = ("--start", "2026-11-11", "--end", "2026-11-17")
    call_command("report", kind, "--tenant", "acme", *days, "--format", "json", *more, stdout=out)
    payload: dict[str, Any] = json.loads(out.getvalue())
    return payload


def test_volume_is_the_same_on_screen_in_csv_and_json(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, REPORT)
    assert page.tables["Messages per day"] == [
        ["Day", "Messages"],
        *([day, str(n)] for day, n in zip(DAYS, [4, 0, 1, 2, 1, 8, 0], strict=True)),
        ["Total", "16"],
    ]
    chart = page.chart("volume")
    assert chart["series"][0]["values"] == [4, 0, 1, 2, 1, 8, 0]
    assert chart["titles"][5] == "Mon 16 Nov: 8 messages, 2 accounts"
    assert "16 messages 22 recipients 3 accounts" in page.text
    rows = downloaded(client, "/t/acme/reports/tables/sending-volume.csv")
    assert [(row["day"], int(row["messages"]), int(row["recipients"])) for row in rows] == [
        ("2026-11-11", 4, 4),
        ("2026-11-12", 0, 0),
        ("2026-11-13", 1, 1),
        ("2026-11-14", 2, 8),
        ("2026-11-15", 1, 1),
        ("2026-11-16", 8, 8),
        ("2026-11-17", 0, 0),
    ]
    payload = printed("sending-volume")
    assert [{name: str(value) for name, value in row.items()} for row in payload["rows"]] == rows
    assert payload["totals"] == {"messages": 16, "recipients": 22}


def test_tls_usage_is_the_same_on_screen_in_csv_and_json(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, f"{REPORT}?view=tls")
    assert [(series["label"], sum(series["values"])) for series in page.chart("tls")["series"]] == [
        ("TLS 1.3", 5),
        ("TLS 1.2", 5),
        ("TLS 1.0", 3),
        ("No TLS", 1),
        ("TLS unknown", 2),
    ]
    assert "TLS 1.3 31.3 % (5) TLS 1.2 31.3 % (5) TLS 1.0 18.8 % (3) No TLS 6.3 % (1)" in page.text
    assert "TLS is not known for 2 of 16 messages (12.5 %): mx1 does not log it for 2 of 16." in page.text
    assert "smtpd_tls_loglevel = 1" in page.text
    rows = downloaded(client, "/t/acme/reports/tables/tls-usage.csv")
    assert [(row["tls_version"], row["messages"], row["percent"]) for row in rows] == [
        ("TLS1.3", "5", "31.3"),
        ("TLS1.2", "5", "31.3"),
        ("TLS1.1", "0", "0.0"),
        ("TLS1.0", "3", "18.8"),
        ("SSL3", "0", "0.0"),
        ("none", "1", "6.3"),
        ("unknown", "2", "12.5"),
    ]
    assert [{name: str(value) for name, value in row.items()} for row in printed("tls-usage")["rows"]] == rows


def test_authentication_is_the_same_on_screen_in_csv_and_json(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, f"{REPORT}?view=auth")
    assert page.tables["Messages by mechanism"] == [
        ["Mechanism", "Authentication", "Messages"],
        ["XOAUTH2", "OAuth", "18.8 % (3)"],
        ["PLAIN", "Basic", "62.5 % (10)"],
        ["LOGIN", "Basic", "18.8 % (3)"],
        ["Total", "", "100.0 % (16)"],
    ]
    rows = downloaded(client, "/t/acme/reports/tables/authentication.csv")
    assert [tuple(row.values()) for row in rows] == [
        ("oauth", "XOAUTH2", "3", "18.8"),
        ("basic", "PLAIN", "10", "62.5"),
        ("basic", "LOGIN", "3", "18.8"),
    ]
    shown = [{name: str(value) for name, value in row.items()} for row in printed("authentication")["rows"]]
    assert shown == rows


def test_details_have_the_originals_columns_first_and_add_up(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    assert read(client, DETAILS).tables["Senders"] == [
        ["Sender address", "Message count", "Recipients", "Accounts", "Last seen"],
        ["Anna@Acme.example", "9", "9", "1", "16 Nov 2026 10:00"],
        ["scanner@acme.example", "4", "4", "1", "16 Nov 2026 10:00"],
        ["news@acme-mail.example", "2", "8", "1", "14 Nov 2026 10:00"],
        ["=cmd|' /c calc'!a1", "1", "1", "1", "13 Nov 2026 10:00"],
        ["Total", "16", "22", "", ""],
    ]
    tls = read(client, f"{DETAILS}?view=tls").tables["Senders"]
    assert tls[0] == [
        *("Sender address", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "SSL 3", "No TLS", "TLS unknown"),
        "Message count",
    ]
    nothing = "0.0 % (0)"
    assert tls[2] == [
        *("scanner@acme.example", "75.0 % (3)", nothing, nothing, nothing, nothing, "25.0 % (1)", nothing),
        "4",
    ]
    assert tls[-1] == [
        *("Total", "18.8 % (3)", nothing, "31.3 % (5)", "31.3 % (5)", nothing, "6.3 % (1)", "12.5 % (2)"),
        "16",
    ]
    auth = read(client, f"{DETAILS}?view=auth").tables["Senders"]
    assert auth[0] == ["Sender address", "Basic", "OAuth", "Other", "Unknown", "Message count"]
    assert auth[-1] == ["Total", "81.3 % (13)", "18.8 % (3)", nothing, nothing, "16"]


def test_senders_are_the_same_in_csv_xlsx_and_json(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    payload = printed("senders")
    rows = downloaded(client, f"{REPORT}details.csv")
    unharmed = [{name: value.removeprefix("'") for name, value in row.items()} for row in rows]
    assert unharmed == [{name: str(value) for name, value in row.items()} for row in payload["rows"]]
    assert list(rows[0]) == payload["columns"]
    response: Any = client.get(f"{REPORT}details.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content)))["senders"]
    cells = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert cells == [
        payload["columns"],
        *([value or "" for value in row.values()] for row in payload["rows"]),
    ]
    sums = {name: sum(row[name] for row in payload["rows"]) for name in payload["totals"]}
    assert sums == payload["totals"]
    assert payload["totals"]["messages"] == 16


def test_clients_are_the_same_on_screen_in_csv_and_json(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    table = read(client, "/t/acme/clients/").tables["Clients"]
    assert table[1:3] == [
        [
            *("Anna@Acme.example", "192.0.2.10", "TLS 1.3", "Basic PLAIN", "5", "5", "1"),
            *("16 Nov 2026 10:00", "16 Nov 2026 10:00"),
        ],
        [
            *("Anna@Acme.example", "192.0.2.10", "TLS 1.2", "Basic PLAIN", "4", "4", "1"),
            *("11 Nov 2026 10:00", "11 Nov 2026 10:00"),
        ],
    ]
    assert table[-1] == ["Total", "", "", "", "16", "22", "", "", ""]
    rows = downloaded(client, "/t/acme/reports/tables/clients.csv")
    assert rows[0] == {
        "account": "anna@acme.example",
        "client_ip": "192.0.2.10",
        "tls_version": "TLS1.3",
        "mechanism": "PLAIN",
        "auth_class": "basic",
        "messages": "5",
        "recipients": "5",
        "sender_addresses": "1",
        "first_at": "2026-11-16T09:00:00Z",
        "last_at": "2026-11-16T09:00:00Z",
    }
    payload = printed("clients")
    assert [{name: str(value) for name, value in row.items()} for row in payload["rows"]] == [
        {**row, "logins": "0"} for row in rows
    ]
    assert payload["totals"] == {"messages": 16, "recipients": 22, "logins": 0}
    assert len(table) - 2 == len(rows)


def test_failures_are_the_same_on_screen_in_csv_and_json(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, "/t/acme/failed-logins/")
    seen = "16 Nov 2026 10:00"
    assert page.tables["Failed logins"][1:] == [
        ["Admin", "203.0.113.9", "LOGIN", "Wrong credentials", "3", seen, seen],
        [
            *("anna@acme.example", "203.0.113.9", "LOGIN", "Fault of the server", "1"),
            *("15 Nov 2026 10:00", "15 Nov 2026 10:00"),
        ],
        ["Total", "", "", "", "4", "", ""],
    ]
    assert page.chart("failures")["titles"][4:6] == [
        "Sun 15 Nov: 1 failed login",
        "Mon 16 Nov: 3 failed logins",
    ]
    rows = downloaded(client, "/t/acme/reports/tables/failures.csv")
    payload = printed("failures")
    assert [{name: str(value) for name, value in row.items()} for row in payload["rows"]] == rows
    assert payload["totals"] == {"failures": 4}


@pytest.mark.parametrize(
    ("domain", "messages"),
    [("acme.example", 13), ("acme-mail.example", 2), ("-", 1), ("ACME.EXAMPLE.", 13), ("nowhere.example", 0)],
)
def test_one_sender_domain_narrows_every_form(
    week: Cast, client_of: ClientOf, domain: str, messages: int
) -> None:
    client = client_of(week.carol)
    for name in ("sending-volume", "tls-usage", "authentication", "senders", "clients"):
        rows = downloaded(client, f"/t/acme/reports/tables/{name}.csv?domain={domain}")
        assert sum(int(row["messages"]) for row in rows) == messages
        assert printed(name, "--sender-domain", domain)["totals"]["messages"] == messages
