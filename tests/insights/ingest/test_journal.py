"""What `journalctl -o json` writes is read as the lines that the daemons wrote, wherever it is cut."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.formats import factory_of
from insights.ingest.journal import line_in
from insights.ingest.programs import programs_in
from insights.ingest.record import Batch, LineCounts, SkipReason, joined
from insights.ingest.stream import LogStream
from tests.cast import Cast
from tests.fuzz.rules import check
from tests.imports import assert_recounted, imported, kept
from tests.insights.ingest.formats.test_postfix_samples import submissions
from tests.insights.ingest.journal import entries, entry

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
SAMPLE = (SAMPLES / "postfix" / "journal.json").read_bytes()
RELAYS = (SAMPLES / "postfix" / "two-relays.log").read_bytes()
DOVECOT = (SAMPLES / "dovecot" / "syslog-2.4.log").read_bytes()
AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
# Exim stamps its lines itself, also where syslog carries them.
EXIM = (
    "2026-11-20 10:00:00 1vTc2R-000DJZ-Lc <= ann@acme.example H=host.acme.example [198.51.100.22] P=esmtpsa"
    " X=TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256 A=plain_server:ann S=3328 id=8@host"
)
WITHOUT = b"2026-11-20T10:00:00+00:00 mx1 postfix/qmgr[9]: "


def stream(name: str = "postfix", **more: object) -> LogStream:
    factory = factory_of(name, mapping=more.get("mapping"))  # type: ignore[arg-type]  # a dict or nothing
    return LogStream(factory(source_key="a source", zone=ZoneInfo("UTC"), year=2026))


def read(*inputs: bytes, name: str = "postfix") -> Batch:
    """Read inputs of one source, each by a process of its own."""
    batches, state = [], None
    for data in inputs:
        reader = stream(name)
        if state is not None:
            reader.restore(state)
        batches += [reader.feed(data), reader.end_of_input()]
        state = reader.state()
    return joined(batches)


def told(batch: Batch) -> tuple[object, ...]:
    return batch.submissions, batch.failures, batch.counts.as_dict()


def test_every_event_of_a_real_journal() -> None:
    batch = read(SAMPLE)
    assert submissions(batch) == [
        (
            "2026-11-24T10:00:01.250000+00:00", "mx1.acme.example", "scanner@acme.example", "scans@acme.example",
            "192.0.2.31", "TLS1.2", "LOGIN", "3",
        ),
        (
            "2026-11-24T10:00:02.250000+00:00", "mx1.acme.example", '"grace" {x}@globex.example',
            "grace@globex.example", "2001:db8:31::7", "unknown", "XOAUTH2", "1",
        ),
    ]  # fmt: skip
    (failure,) = batch.failures
    assert (failure.occurred_at, failure.account, failure.client_ip) == (
        datetime(2026, 11, 24, 10, 0, 1, 500_000, tzinfo=UTC), "m\\xfcller", "203.0.113.66",
    )  # fmt: skip
    # journalctl leaves a message of more than 4 KiB out, unless it is asked for --all.
    assert batch.counts == LineCounts(event=3, evidence=5, other=2, unrecognised={SkipReason.NO_MESSAGE: 1})
    (skipped,) = batch.skipped
    assert (skipped.line_number, skipped.reason, skipped.text[:15]) == (8, "no_message", '{"MESSAGE":null')


@pytest.mark.parametrize(("name", "log"), [("postfix", RELAYS), ("dovecot", DOVECOT), ("mixed", DOVECOT)])
def test_entries_are_the_events_of_the_lines_they_wrap(name: str, log: bytes) -> None:
    plain = log.replace(b"+01:00 ", b"+00:00 ").replace(b"+02:00 ", b"+00:00 ")
    batch, wrapped = read(plain, name=name), read(entries(plain), name=name)
    assert len(wrapped.submissions) == len(batch.submissions) > 0 < len(batch.failures)
    assert told(wrapped) == told(batch)


def test_line_with_a_stamp_of_its_own_stays_as_it_is() -> None:
    (wrapped,) = read(
        entry(EXIM, at=AT + timedelta(hours=1), program="exim4", pid=7), name="exim"
    ).submissions
    (plain,) = read(EXIM.encode() + b"\n", name="exim").submissions
    assert (wrapped.account, wrapped.occurred_at) == ("ann", AT)
    assert wrapped == plain


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (entry("A1: removed", at=AT, program="postfix/qmgr", pid=9), WITHOUT + b"A1: removed"),
        (entry("two\nlines", at=AT, program="postfix/qmgr", pid=9), WITHOUT + b"two lines"),
        (entry(b"m\xfcller", at=AT, program="postfix/qmgr", pid=9), WITHOUT + b"m\xfcller"),
        (entry("", at=AT, program="postfix/qmgr", pid=9), WITHOUT),
        (entry("x", at=AT, program="kernel"), b"2026-11-20T10:00:00+00:00 mx1 kernel: x"),
        # A daemon that logs in JSON: the record is the log's.
        (entry('{"level":"INFO"}', at=AT, program="haraka"), b'{"level":"INFO"}'),
        (entry(None, at=AT, program="postfix/qmgr"), SkipReason.NO_MESSAGE),
        (entry("x", at=AT, program="a", MESSAGE=["x", "y"]), SkipReason.NO_MESSAGE),
        (entry("x", at=AT, program="a", MESSAGE=[256]), SkipReason.NO_MESSAGE),
        (entry("x", at=AT, program="a", MESSAGE=7), SkipReason.NO_MESSAGE),
    ],
)  # fmt: skip
def test_entry_is_the_line_that_it_wraps(line: bytes, found: bytes | SkipReason) -> None:
    assert line_in(line.rstrip(b"\n")) == found


@pytest.mark.parametrize(
    "line",
    [
        b'{"message": "x", "time": 1795168800}',
        b'{"kind":"Reception","meta":{"__REALTIME_TIMESTAMP":"1795168800000000"}}',
        b'{"MESSAGE":"\\"__REALTIME_TIMESTAMP\\""}',
        b'{"MESSAGE":"x","__REALTIME_TIMESTAMP":"1795168800000000"',
        b'["__REALTIME_TIMESTAMP"]',
        b'{"__REALTIME_TIMESTAMP":' * 20_000,
        b'Nov 20 10:00:00 mx postfix/qmgr[9]: "__REALTIME_TIMESTAMP"',
        b"",
    ],
)
def test_what_is_no_entry_stays_as_it_is(line: bytes) -> None:
    assert line_in(line) is line


def test_records_by_columns_keep_the_members_of_the_journal() -> None:
    mapping = {
        "columns": {"time": "__REALTIME_TIMESTAMP", "account": "USER_NAME"},
        "time_format": "epoch_us",
    }
    reader = stream("ndjson", mapping=mapping)
    batch = reader.feed(entry("sent", at=AT, program="app", USER_NAME="ann"))
    assert [record.account for record in batch.submissions] == ["ann"]


def test_text_and_entries_stand_in_one_file() -> None:
    plain = RELAYS.replace(b"+01:00 ", b"+00:00 ").replace(b"+02:00 ", b"+00:00 ")
    lines = plain.splitlines(keepends=True)
    both = b"".join(entries(line) if number % 2 else line for number, line in enumerate(lines))
    assert told(read(both)) == told(read(plain))


def test_cut_at_any_byte_changes_nothing() -> None:
    # Also right before the stamp that Exim itself writes, where a line could begin.
    log = b"".join(SAMPLE.splitlines(keepends=True)[8:]) + entry(EXIM, at=AT, program="exim4", pid=7)
    whole = told(read(log))
    for place in range(len(log)):
        assert told(read(log[:place], log[place:])) == whole, log[:place][-40:]


def test_overlong_entry_and_one_without_a_line_are_told_in_their_order() -> None:
    log = (
        entry(None, at=AT, program="a")
        + entry("x" * 70_000, at=AT, program="a")
        + entry(None, at=AT, program="a")
    )
    assert [(one.line_number, str(one.reason)) for one in read(log).skipped] == [
        (1, "no_message"), (2, "too_long"), (3, "no_message"),
    ]  # fmt: skip


def test_writers_of_entries_are_named() -> None:
    assert programs_in(SAMPLE.splitlines()) == {
        "postfix/submission/smtpd": 6, "postfix/qmgr": 2, "CRON": 1, "postfix/cleanup": 1,
    }  # fmt: skip


values = st.one_of(
    st.none(), st.text(max_size=20), st.binary(max_size=20), st.sampled_from([EXIM, "A1: removed"])
)
journal = st.lists(
    st.one_of(
        st.builds(
            lambda text, program: entry(text, at=AT, program=program, pid=9),
            values,
            st.sampled_from(["postfix/qmgr", "exim4", "a b", ""]),
        ),
        st.sampled_from(SAMPLE.splitlines(keepends=True)),
        st.recursive(st.one_of(st.none(), st.integers(), st.text(max_size=9)), st.lists, max_leaves=4).map(
            lambda value: json.dumps({"__REALTIME_TIMESTAMP": value, "MESSAGE": value}).encode() + b"\n"
        ),
        st.binary(max_size=30),
    ),
    max_size=12,
).map(b"".join)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(data=journal)
def test_any_entries_are_counted_and_never_raise(data: bytes) -> None:
    for name in ("postfix", "exim", "mixed", "haraka"):
        check(name, data)


@pytest.mark.django_db
def test_rows_are_those_of_the_lines(cast: Cast, tmp_path: Path) -> None:
    plain = (
        RELAYS.replace(b"2026-03-29T", b"2026-11-20T")
        .replace(b"+01:00 ", b"+00:00 ")
        .replace(b"+02:00 ", b"+00:00 ")
    )
    came = imported(cast.acme, tmp_path, entries(plain))
    assert (came.submissions_stored, came.failures_stored) == (2, 3)
    rows = kept(cast.acme)
    again = imported(cast.acme, tmp_path, plain)
    assert (again.submissions_duplicate, again.failures_duplicate) == (2, 3)
    assert kept(cast.acme) == rows
    assert_recounted(cast.acme)


@pytest.mark.django_db
def test_import_tells_since_when_its_lines_are(cast: Cast, tmp_path: Path) -> None:
    came = imported(cast.acme, tmp_path, entry("A1: removed", at=AT, program="postfix/qmgr", pid=9))
    assert came.lines_from_at == came.lines_until_at == AT
