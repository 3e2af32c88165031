"""An export of the screen: each row, the ids, the header in other words, and the same through the database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from insights.ingest.days import Days
from insights.ingest.formats import factory_of
from insights.ingest.formats.exchange_online.table import mechanism_of, number_of, table_of
from insights.ingest.recognition import Sureness, load, recognise
from insights.ingest.record import Batch, LineCounts, joined
from insights.ingest.stream import LogStream
from insights.models import ImportStatus, LogImport, Source, Submission, SubmissionDay
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted

SAMPLE = Path(__file__).resolve().parents[4] / "samples" / "exchange-online" / "smtp-auth-clients.csv"
TABLE = SAMPLE.read_bytes()
HEADER = TABLE.splitlines(keepends=True)[0]
WEEK = Days(date(2026, 11, 17), date(2026, 11, 23))


def read(*inputs: bytes, days: Days | None = WEEK, zone: str = "Europe/Berlin", **bounds: datetime) -> Batch:
    """Read inputs of one source, each by a process of its own."""
    batches, state = [], None
    for data in inputs:
        factory = factory_of("exchange-online", mapping=None, days=days)
        stream = LogStream(factory(source_key="a source", zone=ZoneInfo(zone), year=None, **bounds))
        if state is not None:
            stream.restore(state)
        batches += [stream.feed(data), stream.end_of_input()]
        state = stream.state()
    return joined(batches)


def told(batch: Batch) -> list[tuple[str, str, str, int]]:
    return [(one.account, one.tls_version, one.mechanism, one.messages) for one in batch.submissions]


ROWS = [
    ("scanner@acme.example", "TLS1.0", "PLAIN/LOGIN", 1),
    ("scanner@acme.example", "TLS1.2", "PLAIN/LOGIN", 2),
    ("erp@acme.example", "TLS1.2", "XOAUTH2", 1_234),
    ("old@acme.example", "TLS1.0", "PLAIN/LOGIN", 125),
    ("old@acme.example", "TLS1.1", "PLAIN/LOGIN", 125),
    ("old@acme.example", "TLS1.2", "PLAIN/LOGIN", 500),
    ("old@acme.example", "unknown", "PLAIN/LOGIN", 250),
]


def test_every_row_is_a_total_for_each_version() -> None:
    batch = read(TABLE)
    assert told(batch) == ROWS
    assert batch.counts == LineCounts(event=3, other=2, unrecognised={"bad_value": 1})
    assert {one.occurred_at for one in batch.submissions} == {datetime(2026, 11, 23, 11, tzinfo=UTC)}
    assert {
        (one.client_ip, one.recipients_exact, one.size_bytes, one.logins) for one in batch.submissions
    } == {("", False, None, 0)}
    assert [one.recipients for one in batch.submissions] == [one.messages for one in batch.submissions]


def test_id_is_of_days_sender_mechanism_and_version() -> None:
    ids = [one.id for one in read(TABLE).submissions]
    assert len(set(ids)) == len(ids)
    assert [one.id for one in read(TABLE.replace(b'"3"', b'"300"')).submissions] == ids
    other = read(TABLE, days=Days(date(2026, 11, 16), date(2026, 11, 23)))
    assert not set(ids) & {one.id for one in other.submissions}


@pytest.mark.parametrize(
    "header",
    [
        "Sender address,Domain,TLS 1.0 (percentage),TLS 1.1 (percentage),TLS 1.2 (percentage),Messages sent",
        "\ufeffsender address;domain;TLS1.0;TLS1.1;TLS1.2;message count",
        "SenderAddress\tDomain\tTLSv1.0 %\tTLSv1.1 %\tTLSv1.2 %\tMessages",
    ],
)
def test_header_in_other_words_is_the_same_table(header: str) -> None:
    mark = next(one for one in "\t;," if one in header)
    row = mark.join(["a@b.example", "b.example", "0%", "25%", "75%", "4"])
    assert told(read(f"{header}\r\n{row}\r\n".encode())) == [
        ("a@b.example", "TLS1.1", "unknown", 1),
        ("a@b.example", "TLS1.2", "unknown", 3),
    ]


@pytest.mark.parametrize(
    "line",
    [b"Sender address,Domain,Messages sent", b"TLS 1.0,TLS 1.1", b"", b"TLS" * 9_000, b'Sender,"TLS 1.2'],
)
def test_what_is_no_header(line: bytes) -> None:
    assert table_of(line) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("0", 0), ("1234", 1234), ("1,234", 1234), ("1.234.567", 1234567), ("1\u202f234", 1234), ("1,23", None),
     ("-1", None), ("", None), ("1.5", None), ("١", None), ("9" * 16, None)],
)  # fmt: skip
def test_numbers(written: str, number: int | None) -> None:
    assert number_of(written) == number


def test_mechanisms() -> None:
    written = ["Basic Authentication", "basic", "OAuth", "Modern auth", "Basic, OAuth", "", "NTLM"]
    assert [mechanism_of(one) for one in written] == [
        "PLAIN/LOGIN", "PLAIN/LOGIN", "XOAUTH2", "XOAUTH2", "unknown", "unknown", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"\n", "empty"),
        (b"a@b.example,b.example,Basic,0%,0%,100%\n", "bad_row"),
        (b"a@b.example,b.example,Basic,0%,0%,100%,many\n", "bad_value"),
        (b"a@b.example,b.example,Basic,0%,x,100%,1\n", "bad_value"),
        (b"a@b.example,b.example,Basic,0%,0%,100%,100000001\n", "bad_value"),
        (b",b.example,Basic,0%,0%,100%,1\n", "no_account"),
    ],
)
def test_row_that_cannot_be_read_is_counted_with_its_reason(row: bytes, reason: str) -> None:
    batch = read(HEADER + row)
    assert (batch.submissions, dict(batch.counts.unrecognised)) == ([], {reason: 1})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"days": None}, "no_stamp"),
        ({"earliest": datetime(2026, 11, 24, tzinfo=UTC)}, "before_retention"),
        ({"latest": datetime(2026, 11, 22, tzinfo=UTC)}, "in_the_future"),
    ],
)
def test_rows_of_no_day_or_of_another_time_are_not_counted(given: dict[str, Any], reason: str) -> None:
    assert (
        dict(read(TABLE, **given).counts.unrecognised) == {reason: 4, "bad_value": 1} or reason == "no_stamp"
    )
    assert read(TABLE, **given).submissions == []


def test_rows_without_a_header_are_under_another_one() -> None:
    assert dict(read(TABLE.removeprefix(HEADER)).counts.unrecognised) == {"other_columns": 5}


def test_lines_without_a_header_are_no_part_of_a_row() -> None:
    text = b'Logs {"type": "Reception", "tls": "TLS 1.2"\n open "\n'
    assert read(text).counts == LineCounts(unrecognised={"other_columns": 2})
    assert recognise(text).format is None


def test_cut_at_any_byte_changes_nothing() -> None:
    whole = read(TABLE)
    for place in range(len(TABLE)):
        pieces = read(TABLE[:place], TABLE[place:])
        assert (pieces.submissions, pieces.counts) == (whole.submissions, whole.counts)


def test_it_is_recognised() -> None:
    seen = recognise(TABLE)
    assert (seen.format, seen.sureness, seen.of("exchange-online").events) == (
        "exchange-online", Sureness.CERTAIN, 7,
    )  # fmt: skip


def ingest(path: Path, **options: Any) -> str:
    printed = StringIO()
    given = {"tenant": "acme", "source": "m365", "format": "auto", "stdout": printed, "stderr": StringIO()}
    call_command("ingest", path, **{**given, **options})
    return printed.getvalue()


@pytest.mark.django_db
def test_rows_through_the_database(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    # The last line has no end, as browsers save it, and it counts all the same.
    path.write_bytes(b"\xff\xfe" + TABLE.decode().rpartition('"broken')[0].strip().encode("utf-16-le"))
    days = {"first_day": date(2026, 11, 17), "last_day": date(2026, 11, 23)}
    assert "Recognised as exchange-online" in ingest(path, **days)
    with tenant_scope([cast.acme.pk]):
        rows = Submission.objects.order_by("account", "tls_version").values_list(
            "account", "tls_version", "mechanism", "messages"
        )
        assert sorted(rows) == sorted(ROWS)
        assert sum(SubmissionDay.objects.values_list("messages", flat=True)) == 3 + 1_234 + 1_000
        assert set(SubmissionDay.objects.values_list("day", flat=True)) == {date(2026, 11, 23)}
        (account,) = LogImport.objects.all()
    assert (account.held_bytes, account.lines_event, account.lines_other) == (0, 3, 2)
    assert account.recognised is not None
    assert load(account.recognised).format == "exchange-online"
    ingest(path, **days)
    with tenant_scope([cast.acme.pk]):
        assert [one.accounting()["stored"] for one in LogImport.objects.order_by("created_at")] == [7, 0]
    assert_recounted(cast.acme)


@pytest.mark.django_db
def test_days_that_overlap_are_refused_and_other_days_are_read(cast: Cast) -> None:
    ingest(SAMPLE, first_day=date(2026, 11, 17), last_day=date(2026, 11, 20))
    with pytest.raises(SystemExit):
        ingest(SAMPLE, first_day=date(2026, 11, 20))
    ingest(SAMPLE, first_day=date(2026, 11, 21))
    with tenant_scope([cast.acme.pk]):
        imports = list(LogImport.objects.order_by("created_at"))
        assert Submission.objects.count() == 14
    assert [one.status for one in imports] == [ImportStatus.DONE, ImportStatus.REFUSED, ImportStatus.DONE]
    assert imports[1].message == (
        "“m365” has totals of 2026-11-17 to 2026-11-20 already (smtp-auth-clients.csv): with those of 2026-11-20 "
        "messages would count twice. Undo that import first, or give a file of other days."
    )
    assert_recounted(cast.acme)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "This file does not say of which days its totals are."),
        ({"last_day": date(2026, 11, 20)}, "--last-day: needs --first-day."),
        (
            {"first_day": date(2026, 11, 20), "last_day": date(2026, 11, 19)},
            "--last-day: is before the first day",
        ),
        ({"first_day": date(1, 1, 1)}, "--first-day: is before 1970."),
        ({"first_day": date(2099, 1, 1)}, "--last-day: is before the first day, or in the future."),
        (
            {"first_day": date(2026, 11, 20), "format": "postfix"},
            "--first-day: is for --format exchange-online.",
        ),
    ],
)
def test_days_are_asked_for_and_checked_before_anything_is_made(
    cast: Cast, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(CommandError, match=words.replace("(", r"\(")):
        ingest(SAMPLE, **options)
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()
