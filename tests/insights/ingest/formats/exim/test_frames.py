"""Every way in which a line can begin leads to the same record."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from insights.ingest.errors import YearRequired
from insights.ingest.record import LineCounts, SkipReason
from tests.insights.ingest.formats.exim.reading import ID, REFUSED, arrival, log, read, stream

AT = datetime(2026, 6, 3, 10, 40, 57, tzinfo=UTC)
OWN = "2026-06-03 10:40:57 "
OF_SYSLOG = [
    "Jun  3 10:40:57 mx1 exim[71]: ",
    "Jun 03 10:40:57 mx1 exim4[71]: ",
    "<22>Jun  3 10:40:57 mx1 exim-out[71]: ",
    "Jun  3 10:40:57 mx1 mail.info exim[71]: ",
    "Jun  3 10:40:57 mx1 exim[71]: [ID 197553 mail.info] ",
    "2026-06-03T10:40:57Z mx1 exim[71]: ",
    "2026-06-03T12:40:57.000000+02:00 mx1 exim[71]: ",
    "2026-06-03 10:40:57 mx1 exim[71]: ",
    "<22>1 2026-06-03T10:40:57Z mx1 exim 71 - - ",
    '<22>1 2026-06-03T10:40:57Z mx1 exim 71 ID1 [o@1 a="]\\"" b="x: y"] \ufeff',
]


@pytest.mark.parametrize("stamp", OF_SYSLOG)
@pytest.mark.parametrize("own", ["", OWN, "2026-06-03 12:40:57.000 +0200 ", "[71] ", f"{OWN}[71] "])
def test_frame_of_any_form(stamp: str, own: str) -> None:
    batch = read(log(arrival(), REFUSED, f"{ID} Completed", stamp=stamp + own), year=2026)
    [record], [failure] = batch.submissions, batch.failures
    assert (record.host, record.queue_id, record.account) == ("mx1", ID, "ann@acme.example")
    assert (record.occurred_at, failure.occurred_at, failure.host) == (AT, AT, "mx1")
    assert batch.counts == LineCounts(event=2, other=1)


@pytest.mark.parametrize(
    "stamp",
    [
        OWN,
        f"{OWN}[1487] ",
        "2026-06-03 10:40:57.000 ",
        "2026-06-03 12:40:57 +0200 ",
        "2026-06-03 12:40:57.000 +0200 [7] ",
    ],
)
def test_stamp_of_its_own(stamp: str) -> None:
    batch = read(log(arrival(), REFUSED, f"{ID} Completed", stamp=stamp))
    assert [
        *(sent.occurred_at for sent in batch.submissions),
        *(no.occurred_at for no in batch.failures),
    ] == [AT, AT]
    assert batch.counts == LineCounts(event=2, other=1)
    assert stream().parser.begins_at(log(arrival(), stamp=stamp).strip()) == AT


def test_millis_are_kept_from_line_to_line() -> None:
    written = [".345", ".3", ".345678", ".009", "", ".999", ".345"]
    data = b"".join(log(arrival(), stamp=f"2026-06-03 10:40:57{fraction} ") for fraction in written)
    micros = [345_000, 300_000, 345_678, 9_000, 0, 999_000, 345_000]
    assert [record.occurred_at.microsecond for record in read(data).submissions] == micros


def test_stamp_without_an_offset_is_of_the_sources_zone() -> None:
    [record] = read(log(arrival()), zone="Europe/Berlin").submissions
    assert record.occurred_at == AT.replace(hour=8)


def test_year_of_its_own_stamp_is_enough() -> None:
    [record] = read(log(arrival(), stamp=f"Jun  3 10:40:59 mx1 exim[71]: {OWN}")).submissions
    assert record.occurred_at == AT
    with pytest.raises(YearRequired):
        read(log(arrival(), stamp="Jun  3 10:40:59 mx1 exim[71]: "))


@pytest.mark.parametrize("slash", ["/", "\\"])
@pytest.mark.parametrize("own", ["", OWN])
@pytest.mark.parametrize("stamp", OF_SYSLOG)
def test_line_that_syslog_got_in_parts_has_no_exact_recipients(stamp: str, slash: str, own: str) -> None:
    first = f"[1{slash}2] {own}{arrival(more=' for bob@b.example cat@c.exam')}"
    batch = read(log(first, f"[2{slash}2] ple dan@d.example", arrival(more=" for x"), stamp=stamp), year=2026)
    assert [(r.recipients, r.recipients_exact) for r in batch.submissions] == [(2, False), (1, True)]
    assert batch.counts == LineCounts(event=2, other=1)


@pytest.mark.parametrize("program", ["mta", "smtp-out"])
def test_program_of_any_name_is_known_by_exims_own_stamp(program: str) -> None:
    stamp = f"2026-06-03T10:40:58Z mx1 {program}[71]: "
    assert len(read(log(arrival(), stamp=stamp + OWN)).submissions) == 1
    assert read(log(arrival(), stamp=stamp)).counts == LineCounts(other=1)


@pytest.mark.parametrize(
    "line",
    [
        "2026-06-03T10:40:57Z mx1 dovecot: imap-login: Login: user=<a>",
        "2026-06-03T10:40:57Z mx1 postfix/smtpd[71]: connect from unknown[192.0.2.1]",
        "2026-06-03T10:40:57Z mx1 -- MARK --",
        "2026-06-03T10:40:57Z mx1 exim[71]:",
        "<22>1 2026-06-03T10:40:57Z mx1 exim 7",
        f"2026-06-03T10:40:57Z mx1 sshd[71]: {REFUSED}",
        "2026-06-03 10:40:57 ",
        "2026-06-03 10:40:57 " + "x" * 1_000,
    ],
)
def test_line_of_another_program_or_of_none(line: str) -> None:
    assert read(f"{line}\n".encode()).counts == LineCounts(other=1)


REJECTED = f"{ID} H=(pc) [192.0.2.10] F=<ann@acme.example> A=plain:ann rejected after DATA: no"
HEADER = (
    b"Envelope-from: <ann@acme.example>\nEnvelope-to: <bob@b.example>\n    <cat@c.example>\nP Received: from pc\n"
    b"\tby mx1\nF From: ann\n  Subject: x\n*** truncated ***\n"
)


def test_header_below_a_rejected_message_is_no_line_of_its_own() -> None:
    data = log(REJECTED) + HEADER + log(REFUSED)
    assert read(data).counts == LineCounts(event=1, evidence=1, other=8)
    for cut in range(len(data)):
        before, after = stream(), stream()
        counts = before.feed(data[:cut]).counts
        counts.add(before.end_of_input().counts)
        after.restore(before.state())
        counts.add(after.feed(data[cut:]).counts)
        counts.add(after.end_of_input().counts)
        assert counts == LineCounts(event=1, evidence=1, other=8), cut


def test_header_without_a_rejection_above_is_not_recognised() -> None:
    assert read(HEADER).counts == LineCounts(unrecognised={SkipReason.NO_STAMP: 8})
    apart = read(log(REJECTED) + b"\n" + HEADER)
    assert apart.counts.unrecognised == {SkipReason.NO_STAMP: 8, SkipReason.EMPTY: 1}


def test_line_behind_a_damaged_offset_of_the_same_second_is_read() -> None:
    fields = (
        b"1vCx7T-00000000oA2-1Qzk <= a@b.example H=x [192.0.2.31] P=esmtpsa X=TLS1:X:1 A=login:ann S=48\n"
    )
    stamp = b"2026-10-25 02:59:59.200 "
    whole, damaged = stamp + b"+0200 [3110] x\n", stamp + b"+0200\0\0 [3110] x\n"
    batch = read(whole + damaged + stamp + b"+0200 [3110] " + fields, year=None)
    assert [record.queue_id for record in batch.submissions] == ["1vCx7T-00000000oA2-1Qzk"]
    assert batch.submissions[0].occurred_at.isoformat() == "2026-10-25T00:59:59.200000+00:00"
