"""What is proposed for known exports and common names, and what is left to the person."""

from __future__ import annotations

import json
from typing import Any

import pytest

from insights.ingest.first_rows.head import head_of
from insights.ingest.first_rows.propose import proposed, time_format_of, values_of
from tests.insights.management.test_smtpcsreport import documented


def columns(header: str, row: str = "") -> dict[str, str]:
    found: dict[str, str] = proposed(head_of(f"{header}\n{row}\n".encode(), "csv"))["columns"]
    return found


def test_microsofts_own_report_is_known_by_its_columns() -> None:
    header = "message_id,date,senderName,senderDomain,Original_Client_IP,tls_version,authMethod,message_count"
    wanted: dict[str, Any] = json.loads(documented())["columns"]
    assert columns(header) == wanted | {"client_ip": "Original_Client_IP"}
    assert "account" not in columns(header.replace("tls_version", "version"))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (
            "Timestamp;SASL Username;MAIL FROM;Client-IP;TLS_Version;Auth-Mechanism;Size (Bytes);Queue ID",
            {"time": "Timestamp", "account": "SASL Username", "sender": "MAIL FROM", "client_ip": "Client-IP",
             "tls": "TLS_Version", "mechanism": "Auth-Mechanism", "size": "Size (Bytes)", "id": "Queue ID"},
        ),
        ("USER,TO,IP,DATE", {"time": "DATE", "account": "USER", "client_ip": "IP", "recipients": "TO"}),
        ("Datum;Benutzer;Empfänger", {"time": "Datum", "account": "Benutzer", "recipients": "Empfänger"}),
        ("colour,weight,height", {}),
    ],
)  # fmt: skip
def test_common_names_are_known_whatever_their_letters(header: str, found: dict[str, str]) -> None:
    assert columns(header) == found


def test_column_that_can_be_read_as_a_time_goes_before_one_that_cannot() -> None:
    assert columns("date,time,received,user", "2026-11-20,10:00,2026-11-20 10:00,a")["time"] == "received"


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ("2026-11-20T10:00:00Z", "iso"),
        ("20/11/2026 10:00", "day_first"),
        ("03/04/2026 10:00|11/20/2026 10:00 AM", "month_first"),
        ("03/04/2026 10:00|04/05/2026 10:00", None),
        ("03.04.2026 10:00|04.05.2026 10:00", "day_first"),
        ("Fri, 20 Nov 2026 10:00:00 +0100", "named_month"),
        ("1795170000", "epoch_s"),
        ("1795170000123", "epoch_ms"),
        ("1795170000.5|1795170001.5", "epoch_s"),
        ("1795170000123456", "epoch_us"),
        ("7", None),
        ("yesterday", None),
        ("2026-11-20 10:00|tomorrow", None),
        ("", None),
    ],
)
def test_form_of_the_time_is_proposed_where_the_rows_leave_no_doubt(times: str, found: str | None) -> None:
    assert time_format_of([one.encode() for one in times.split("|")]) == found


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ("Accepted ok FAILED", {"success": ["Accepted", "ok"], "failure": ["FAILED"]}),
        ("ok ok", {"success": ["ok"], "failure": []}),
        ("ok failed deferred", {"success": ["ok"], "failure": ["failed"]}),
        ("ok deferred", {}),
        ("failed deferred", {}),
    ],
)
def test_outcomes_are_proposed_where_no_value_would_mean_the_opposite(
    values: str, found: dict[str, list[str]]
) -> None:
    rows = "".join(f"{value},x\n" for value in values.split())
    data = proposed(head_of(f"status,user\n{rows}".encode(), "csv"))
    assert {name: data[name] for name in ("success", "failure") if name in data} == found
    assert data["columns"]["outcome"] == "status"


def test_column_of_other_words_is_no_outcome() -> None:
    assert "outcome" not in columns("status,user", "deferred,ann")
    many = "".join(f"ok{number},x\n" for number in range(30))
    assert "outcome" not in proposed(head_of(f"status,user\nok,x\n{many}".encode(), "csv"))["columns"]


def test_values_are_counted_without_regard_to_case() -> None:
    assert values_of([b" OK", b"ok", b"", b"failed"]) == {"OK": 2, "": 1, "failed": 1}
