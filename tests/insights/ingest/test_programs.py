"""Which programs wrote a log, told where none of its lines mattered."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from insights.ingest.programs import added, programs_at_head, programs_in
from tests.cast import Cast
from tests.imports import NOW, imported
from tests.insights.ingest.lines import message

RELAYED = (
    b"Nov 16 10:00:00 mx postfix/smtp[7]: A1: to=<a@b.example>, relay=c[192.0.2.1]:25, status=sent (250 ok)\n"
)


@pytest.mark.parametrize(
    ("line", "program"),
    [
        (RELAYED, "postfix/smtp"),
        (b"Nov 16 10:00:00 mx sm-mta[7]: hello", "sm-mta"),
        (b"2026-11-16T10:00:00.123456+01:00 mx postfix/submission/smtpd[7]: x", "postfix/submission/smtpd"),
        (b"<22>Nov 16 10:00:00 mx dovecot: imap-login: x", "dovecot"),
        (b"<22>1 2026-11-16T10:00:00Z mx postfix/qmgr 12 - - x", "postfix/qmgr"),
        (b"Nov 16 10:00:00 mx --- MARK ---", None),
        (b"2026-11-16 10:00:00 1aBcDe-000001-2X <= a@b.example", None),
        (b"nothing of the kind: x", None),
        (b"Nov 16 10:00:00 mx", None),
        (b"", None),
    ],
)
def test_program_is_that_of_the_tag(line: bytes, program: str | None) -> None:
    assert programs_in([line.rstrip(b"\n")]) == ({program: 1} if program else {})


def test_only_the_busiest_twenty_are_named() -> None:
    lines = [b"Nov 16 10:00:00 mx p%d[1]: x" % (number % 30) for number in range(31)]
    found = programs_in(lines)
    assert (len(found), found["p0"]) == (20, 2)
    assert added({"a": 1, "b": 2}, {"b": 3}) == {"b": 5, "a": 1}


def test_head_of_a_compressed_file_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.gz"
    path.write_bytes(gzip.compress(RELAYED * 60_000))
    assert programs_at_head(path, name="mail.log.gz") == {"postfix/smtp": 50_000}


@pytest.mark.django_db
def test_import_names_programs_only_where_nothing_mattered(cast: Cast, tmp_path: Path) -> None:
    relay = imported(cast.acme, tmp_path, RELAYED * 3, year=2026)
    assert (relay.lines_other, relay.programs) == (3, {"postfix/smtp": 3})
    mixed = imported(cast.acme, tmp_path, RELAYED + message(NOW, queue_id="A1"), source="mx2", year=2026)
    assert (mixed.lines_event, mixed.programs) == (1, {})
