"""Formatted rows read back: every field, every instant, each event once, and names from where they came first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from insights.enums import FailureReason, TlsVersion
from insights.ingest.local_time import micros_of
from insights.ingest.record import LoginFailureRecord, SubmissionRecord
from insights.ingest.rows import FAILURE_COLUMNS, SUBMISSION_COLUMNS, RowWriter

AT = datetime(2026, 6, 3, 10, 40, 57, tzinfo=UTC)
_UNESCAPED = {r"\\": "\\", r"\t": "\t", r"\n": "\n", r"\r": "\r"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


def submission(number: int = 1, *, at: datetime = AT, **fields: object) -> SubmissionRecord:
    """Return a submission; `number` tells it from others."""
    record = SubmissionRecord(
        id=number.to_bytes(16, "big"),
        micros=micros_of(at),
        host="mx1",
        queue_id="4AA091855DA0",
        account="Ann@Acme.example",
        sender_address="Desk@Sales.example",
        client_ip="192.0.2.4",
        tls_version=TlsVersion.TLS1_2,
        mechanism="PLAIN",
        recipients=2,
        recipients_exact=True,
        size_bytes=None,
    )
    return record._replace(**fields)  # type: ignore[arg-type]


def read_back(lines: bytes, columns: tuple[tuple[str, str], ...]) -> list[dict[str, str | None]]:
    """Read COPY's text format as PostgreSQL's documentation has it."""

    def field(text: str) -> str | None:
        if text == r"\N":
            return None
        parts = text.split("\\\\")
        for escape, plain in _UNESCAPED.items():
            if escape != r"\\":
                parts = [part.replace(escape, plain) for part in parts]
        return "\\".join(parts)

    rows = lines.decode().split("\n")
    assert rows.pop() == ""
    names = [name for name, _ in columns]
    return [dict(zip(names, map(field, row.split("\t")), strict=True)) for row in rows]


@given(
    at=st.datetimes(datetime(1971, 1, 1), datetime(2198, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds
    queue_id=TEXTS,
    host=TEXTS,
    mechanism=TEXTS,
    client_ip=st.sampled_from(["", "192.0.2.4", "2001:db8::1"]),
    size=st.none() | st.integers(0, 2**53),
)
def test_row_of_a_submission_tells_every_field(
    at: datetime, queue_id: str, host: str, mechanism: str, client_ip: str, size: int | None
) -> None:
    record = submission(
        at=at, queue_id=queue_id, host=host, mechanism=mechanism, client_ip=client_ip, size_bytes=size
    )
    rows, _ = RowWriter().submissions([record])
    [row] = read_back(rows.lines, SUBMISSION_COLUMNS)
    assert datetime.fromisoformat(row["occurred_at"] or "") == at == rows.first_at == rows.last_at
    assert (row["queue_id"], row["host"], row["mechanism"]) == (queue_id, host, mechanism)
    assert (row["client_ip"], row["size_bytes"]) == (client_ip or None, None if size is None else str(size))
    assert (row["id"], row["recipients"], row["recipients_exact"]) == (record.id.hex(), "2", "t")
    assert (row["account"], row["sender_address"]) == ("ann@acme.example", "desk@sales.example")
    assert (row["sender_domain"], row["tls_version"]) == ("sales.example", "TLS1.2")


@given(detail=TEXTS, account=TEXTS)
def test_row_of_a_failure_tells_every_field(detail: str, account: str) -> None:
    reason = FailureReason.WRONG_CREDENTIALS
    record = LoginFailureRecord(b"\1" * 16, micros_of(AT), "mx1", account, "", "LOGIN", reason, detail)
    [row] = read_back(RowWriter().failures([record]).lines, FAILURE_COLUMNS)
    assert (row["detail"], row["account"], row["client_ip"]) == (detail, account, None)
    assert (row["reason"], row["mechanism"], row["host"]) == (reason.value, "LOGIN", "mx1")


def test_same_event_is_written_once_and_the_rest_counted() -> None:
    rows, _ = RowWriter().submissions([submission(1), submission(2), submission(1), submission(1)])
    assert (rows.events, rows.repeated) == (2, 2)
    assert [row["id"] for row in read_back(rows.lines, SUBMISSION_COLUMNS)] == [
        number.to_bytes(16, "big").hex() for number in (1, 2)
    ]


def test_one_message_taken_at_two_times_is_two_events() -> None:
    rows, _ = RowWriter().submissions([submission(1), submission(1, at=AT + timedelta(seconds=1))])
    assert (rows.events, rows.repeated) == (2, 0)
    assert (rows.first_at, rows.last_at) == (AT, AT + timedelta(seconds=1))


def test_nothing_gives_no_rows() -> None:
    rows, names = RowWriter().submissions([])
    assert rows == (b"", 0, 0, None, None)
    assert names == ({}, {})


def test_name_is_shown_as_it_was_written_first() -> None:
    early = submission(1, account="ANN@Acme.example")
    late = submission(2, at=AT + timedelta(hours=1))
    _, names = RowWriter().submissions([late, early])
    assert names.shown["ann@acme.example"] == ("ANN@Acme.example", AT)
    assert names.domains == {"sales.example": AT}


def test_names_are_handed_over_again_only_when_earlier() -> None:
    writer = RowWriter()
    writer.submissions([submission(1)])
    assert writer.submissions([submission(2, at=AT + timedelta(hours=1))])[1] == ({}, {})
    before = AT - timedelta(hours=1)
    assert writer.submissions([submission(3, at=before)])[1].domains == {"sales.example": before}


def test_account_that_sends_as_itself_later_brings_its_domain() -> None:
    writer = RowWriter()
    writer.submissions([submission(1)])
    later = AT + timedelta(hours=1)
    _, names = writer.submissions([submission(2, at=later, sender_address="")])
    assert names.domains == {"acme.example": later}
