"""`manage.py report`: what scripts read, and how it says no."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from insights.enums import TlsVersion
from reports.management.commands.report import Command
from reports.tables import KINDS
from tests.cast import Cast
from tests.factories import fail_login, submit

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
DAYS = ("--start", "2026-11-11", "--end", "2026-11-17")
COLUMNS = {
    "sending-volume": "day,messages,recipients",
    "tls-usage": "tls_version,messages,percent",
    "authentication": "auth_class,mechanism,messages,percent",
    "senders": "sender_address,sender_domain,messages,recipients,tls_none,tls_ssl3,tls_1_0,tls_1_1,tls_1_2,"
    "tls_1_3,tls_unknown,basic,oauth,other,auth_unknown",
    "clients": "account,client_ip,tls_version,mechanism,auth_class,messages,recipients,sender_addresses,"
    "first_at,last_at",
    "failures": "account,client_ip,mechanism,reason,failures,first_at,last_at",
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as refusal:
        run(*arguments)
    return refusal.value.returncode, str(refusal.value)


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_those_that_scripts_rely_on(cast: Cast, kind: str) -> None:
    text = run(kind, "--tenant", "acme", *DAYS, "--format", "csv")
    assert text.splitlines()[0] == COLUMNS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_json_has_the_documented_keys(cast: Cast, kind: str) -> None:
    submit(cast.acme, at=NOW)
    fail_login(cast.acme, at=NOW)
    payload = json.loads(run(kind, "--tenant", "acme", *DAYS, "--format", "json"))
    rows, totals = payload.pop("rows"), payload.pop("totals")
    assert payload == {
        "kind": kind,
        "tenant": "acme",
        "time_zone": "Europe/Berlin",
        "start": "2026-11-11",
        "end": "2026-11-17",
        "sender_domain": None,
        "filters": {},
        "columns": [*COLUMNS[kind].split(","), *(["logins"] if kind == "clients" else [])],
    }
    assert all(list(row) == payload["columns"] for row in rows)
    assert totals == {name: sum(row[name] for row in rows) for name in totals}


def test_a_table_is_the_default(cast: Cast) -> None:
    submit(cast.acme, at=NOW, tls=TlsVersion.TLS1_0, count=3)
    assert run("tls-usage", "--tenant", "acme", *DAYS).splitlines()[5:] == [
        "TLS1.0              3    100.0",
        "SSL3                0      0.0",
        "none                0      0.0",
        "unknown             0      0.0",
        "-----------  --------  -------",
        "total               3",
    ]


def test_names_are_told_in_compared_form_and_cells_are_safe(cast: Cast) -> None:
    submit(cast.acme, at=NOW, account="Anna@Acme.Example", sender="=HYPERLINK()@Acme.Example")
    text = run("senders", "--tenant", "acme", *DAYS, "--format", "csv")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["sender_address"], row["sender_domain"]) == ("'=hyperlink()@acme.example", "acme.example")
    payload = json.loads(run("senders", "--tenant", "acme", *DAYS, "--format", "json"))
    assert payload["rows"][0]["sender_address"] == "=hyperlink()@acme.example"


def test_a_sender_domain_is_read_whatever_its_form(cast: Cast) -> None:
    submit(cast.acme, at=NOW, sender="anna@münchen.example")
    submit(cast.acme, at=NOW, sender="no-domain", count=2)
    for written, domain, messages in (
        ("München.example", "xn--mnchen-3ya.example", 1),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example", 1),
        ("-", "", 2),
    ):
        arguments = ("clients", "--tenant", "acme", *DAYS, "--format", "json", f"--sender-domain={written}")
        payload = json.loads(run(*arguments))
        assert (payload["sender_domain"], payload["totals"]["messages"]) == (domain, messages)


def test_another_tenants_rows_are_not_told(cast: Cast) -> None:
    submit(cast.initech, at=NOW, account="canary@initech.example")
    fail_login(cast.initech, at=NOW, account="canary@initech.example")
    for kind in KINDS:
        payload: dict[str, Any] = json.loads(run(kind, "--tenant", "acme", *DAYS, "--format", "json"))
        assert set(payload["totals"].values()) == {0}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--tenant", "nobody", *DAYS), "There is no tenant “nobody”."),
        (
            ("--tenant", "acme", "--start", "1926-11-17", "--end", "2026-11-17"),
            "1926-11-17 to 2026-11-17 are 36,526 days; ask for at most 3,660 at once.",
        ),
        (
            ("--tenant", "acme", "--start", "2026-11-17", "--end", "2026-11-16"),
            "--end 2026-11-16 is before --start 2026-11-17.",
        ),
    ],
)
def test_what_cannot_be_had_is_refused(cast: Cast, arguments: tuple[str, ...], reason: str) -> None:
    assert refused("senders", *arguments) == (1, reason)


def test_a_month_that_is_not_over_can_be_asked_for(cast: Cast) -> None:
    submit(cast.acme, at=NOW, count=3)
    asked = ("--tenant", "acme", "--start", "2026-11-01", "--end", "2026-11-30", "--format", "json")
    payload = json.loads(run("sending-volume", *asked))
    assert [row["messages"] for row in payload["rows"] if row["messages"]] == [3]
    assert len(payload["rows"]) == 30


def test_days_before_the_kept_ones_are_counted_with_a_word(cast: Cast) -> None:
    submit(cast.acme, at=NOW, count=3)
    errors = io.StringIO()
    asked = ("--tenant", "acme", "--start", "2026-01-01", "--end", "2026-11-17", "--format", "json")
    written = io.StringIO()
    call_command("report", "tls-usage", *asked, stdout=written, stderr=errors)
    assert json.loads(written.getvalue())["totals"]["messages"] == 3
    assert "the first that is kept" in errors.getvalue()


def test_failures_have_no_sender_domain(cast: Cast) -> None:
    code, reason = refused("failures", "--tenant", "acme", *DAYS, "--sender-domain", "acme.example")
    assert (code, reason) == (2, "Failed logins have no sender domain: leave --sender-domain out.")


def test_filters_are_those_of_the_api(cast: Cast) -> None:
    submit(cast.acme, at=NOW, client_ip="192.0.2.10", tls=TlsVersion.TLS1_0, count=2)
    submit(cast.acme, at=NOW, client_ip="192.0.2.11", account="bob@acme.example", count=3)
    submit(cast.acme, at=NOW, client_ip="198.51.100.1", source="mx2")
    asked = ("clients", "--tenant", "acme", *DAYS, "--format", "json")
    payload = json.loads(run(*asked, "--client-ip", "192.0.2.0/24", "--source=mx1", "--ordering=messages"))
    assert [(row["account"], row["messages"]) for row in payload["rows"]] == [
        ("anna@acme.example", 2),
        ("bob@acme.example", 3),
    ]
    assert payload["filters"] == {"client_ip": "192.0.2.0/24", "source": "mx1"}
    assert json.loads(run(*asked, "--search", "BOB"))["totals"]["messages"] == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("senders", "--client-ip", "192.0.2"), "--client-ip is no address or network; write it like"),
        (("senders", "--reason", "policy"), "Messages have no reason: leave --reason out."),
        (("tls-usage", "--ordering=messages"), "The table tls-usage has an order of its own"),
        (("failures", "--tls-version", "TLS1.3"), "Failed logins have no tls version"),
        (("clients", "--ordering=size"), "--ordering is not a column to sort by; it can be account,"),
    ],
)
def test_filter_that_cannot_be_met_is_refused(cast: Cast, arguments: tuple[str, ...], reason: str) -> None:
    code, told = refused(*arguments, "--tenant", "acme", *DAYS)
    assert (code, told[: len(reason)]) == (2, reason)


@pytest.mark.parametrize(
    "arguments",
    [
        ("passwords", "--tenant", "acme", *DAYS),
        ("senders", "--tenant", "acme", "--start", "2026-02-30", "--end", "2026-11-17"),
        ("senders", "--tenant", "acme", "--start", "yesterday", "--end", "2026-11-17"),
        ("senders", "--tenant", "acme", *DAYS, "--format", "xml"),
        ("senders", *DAYS),
        ("senders", "--tenant", "acme"),
    ],
)
def test_wrong_usage_exits_with_two(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(["manage.py", "report", *arguments])
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err
