"""What cannot be read is refused with a clear message, and every line of the rest is accounted for."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from insights.models import ImportStatus, LoginFailure, SkippedLine, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, assert_recounted, import_bytes, imported, kept, lines_in, source_of
from tests.insights.ingest.lines import message, messages, refused_login, stamped

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LOG = messages(AT, 3)
PROSE = b"Dear all,\n\nplease find the minutes of our meeting below.\nRegards\n"
NO_LOG = "No line of this file could be used, so nothing was imported: is it a log of the format postfix?"
FUTURE = "Lines dated in the future were left out: is the year right?"
BEFORE = "Lines dated before the days that are kept were left out."


@pytest.mark.parametrize(
    ("data", "message_of_it"),
    [
        (b"", "1.log is empty."),
        (b"\xef\xbb\xbf", "1.log holds no bytes."),
        (gzip.compress(b"", mtime=0), "1.log holds no bytes."),
        (PROSE, NO_LOG),
        (b"\n\n\n", NO_LOG),
        (bytes(range(256)) * 64, "1.log is not a text file. Give a mail server's log."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "1.log is not a text file. Give a mail server's log."),
        (LOG.decode().encode("utf-16-le"), "1.log is not a text file. Give a mail server's log."),
        (LOG.decode().encode("utf-32"), "1.log is UTF-32 text. Convert it to UTF-8."),
        (b"BZh91AY&SY", "1.log is compressed with bzip2. Unpack it, or use gzip or zstd."),
        (b"PK\x03\x04\x14\0", "1.log is compressed with zip. Unpack it, or use gzip or zstd."),
        (b"\xfd7zXZ\0\0\x04", "1.log is compressed with xz. Unpack it, or use gzip or zstd."),
    ],
)
def test_what_is_no_log_is_refused(cast: Cast, tmp_path: Path, data: bytes, message_of_it: str) -> None:
    path = tmp_path / "1.log"
    path.write_bytes(data)
    refused = import_bytes(cast.acme, tmp_path, data, year=2026)
    assert refused.message.replace(refused.file_name, "1.log") == message_of_it
    assert refused.status == ImportStatus.REFUSED
    assert kept(cast.acme).events == 0
    assert refused.lines == refused.lines_unrecognised == (lines_in(data) if message_of_it == NO_LOG else 0)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_log_in_utf_16_is_the_same_log(
    cast: Cast, tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    log_import = imported(cast.acme, tmp_path, pack((mark + LOG.decode()).encode(encoding)), year=2026)
    wide = kept(cast.acme)
    assert (log_import.lines, log_import.bytes_taken) == (lines_in(LOG), len(LOG))
    again = imported(cast.acme, tmp_path, LOG, year=2026).accounting()
    assert (again["stored"], kept(cast.acme)) == (0, wide)


def test_refused_file_leaves_the_source_where_it_was(cast: Cast, tmp_path: Path) -> None:
    open_session = LOG[: LOG.index(b"disconnect from")].rpartition(b"\n")[0] + b"\n"
    imported(cast.acme, tmp_path, open_session, year=2026)
    before = kept(cast.acme)
    source = source_of(cast.acme)
    for data in (PROSE, b"", bytes(10_000), stamped(NOW + timedelta(days=9), "kernel: of the future")):
        assert import_bytes(cast.acme, tmp_path, data).status == ImportStatus.REFUSED
        again = source_of(cast.acme)
        assert (again.parser_state, again.last_line_at) == (source.parser_state, source.last_line_at)
    assert kept(cast.acme) == before


def test_missing_year_is_refused_with_the_hint(cast: Cast, tmp_path: Path) -> None:
    refused = import_bytes(cast.acme, tmp_path, LOG)
    hint = "Give the year of the first line, for example --year 2026."
    assert refused.message.startswith(f"The time stamps of this log have no year. {hint}")
    assert (refused.status, refused.lines) == (ImportStatus.REFUSED, 0)


def test_missing_year_is_refused_where_the_first_line_has_no_stamp(cast: Cast, tmp_path: Path) -> None:
    refused = import_bytes(cast.acme, tmp_path, b"rest of a line\n" + LOG)
    assert refused.message.startswith("The time stamps of this log have no year.")
    assert (refused.status, refused.lines) == (ImportStatus.REFUSED, 0)


@pytest.mark.parametrize(
    ("year", "reason", "words"), [(2027, "in_the_future", FUTURE), (2025, "before_retention", BEFORE)]
)
def test_wrong_year_is_refused_with_the_reason(
    cast: Cast, tmp_path: Path, year: int, reason: str, words: str
) -> None:
    refused = import_bytes(cast.acme, tmp_path, LOG, year=year)
    assert refused.status == ImportStatus.REFUSED
    assert refused.message == f"Nothing was imported. {words}"
    assert refused.accounting()["unrecognised_by_reason"] == {reason: lines_in(LOG)}
    assert kept(cast.acme).events == 0


def test_few_other_lines_make_no_other_log_of_one_of_other_days(cast: Cast, tmp_path: Path) -> None:
    noise = b"rest of a line\n"
    refused = import_bytes(cast.acme, tmp_path, LOG + noise, year=2025)
    assert refused.message == f"Nothing was imported. {BEFORE}"
    mostly = import_bytes(cast.acme, tmp_path, LOG + noise * lines_in(LOG), year=2025)
    assert mostly.message == f"{NO_LOG} {BEFORE}"


def test_refused_year_is_not_remembered(cast: Cast, tmp_path: Path) -> None:
    import_bytes(cast.acme, tmp_path, LOG, year=2027)
    without = import_bytes(cast.acme, tmp_path, LOG)
    assert without.message.startswith("The time stamps of this log have no year.")
    imported(cast.acme, tmp_path, LOG, year=2026)
    assert imported(cast.acme, tmp_path, LOG).accounting()["duplicate"] == 3


def test_lines_of_the_future_among_others_are_left_out_and_move_nothing(cast: Cast, tmp_path: Path) -> None:
    future = message(NOW + timedelta(days=3), queue_id="FFF001")
    data = messages(AT, 2) + future + messages(AT + timedelta(hours=1), 2, first=5)
    mixed = imported(cast.acme, tmp_path, data, year=2026)
    assert mixed.accounting()["unrecognised_by_reason"] == {"in_the_future": 5}
    assert mixed.accounting()["stored"] == 4
    assert mixed.message == FUTURE
    assert source_of(cast.acme).last_line_at == AT + timedelta(hours=1, minutes=1)
    assert_recounted(cast.acme)


def test_lines_before_the_kept_days_are_left_out_to_the_second(cast: Cast, tmp_path: Path) -> None:
    # Acme keeps 90 days, today included, and its days begin at midnight in Berlin.
    first_kept_at = datetime(2026, 8, 26, 22, 0, tzinfo=UTC)
    data = message(first_kept_at - timedelta(seconds=1), queue_id="AAA001") + message(
        first_kept_at, queue_id="AAA002"
    )
    mixed = imported(cast.acme, tmp_path, data, year=2026)
    assert mixed.accounting()["unrecognised_by_reason"] == {"before_retention": 5}
    assert mixed.message == BEFORE
    with tenant_scope([cast.acme.pk]):
        assert [row.queue_id for row in Submission.objects.all()] == ["AAA002"]


def test_last_line_without_an_end_waits_for_the_next_import(cast: Cast, tmp_path: Path) -> None:
    cut = imported(cast.acme, tmp_path, LOG[:-30], year=2026)
    assert (cut.lines, cut.accounting()["stored"]) == (lines_in(LOG) - 1, 3)
    held = len(LOG[:-30].rpartition(b"\n")[2])
    assert cut.held_bytes == held
    assert (
        cut.message
        == f"The last line has no end yet; its {held} bytes wait for the next import of this source."
    )
    rest = imported(cast.acme, tmp_path, LOG[-30:])
    assert (rest.lines, rest.held_bytes, rest.message) == (1, 0, "")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
@pytest.mark.parametrize("part", [0.3, 0.8])
def test_truncated_packed_log_keeps_what_was_read(
    cast: Cast, tmp_path: Path, part: float, pack: Callable[[bytes], bytes]
) -> None:
    packed = pack(messages(AT, 3_000, every=timedelta(seconds=30)))
    broken = import_bytes(cast.acme, tmp_path, packed[: int(len(packed) * part)], year=2026)
    hint = "What was read before is kept. Copy the file again and import it once more."
    assert broken.message == f"{broken.file_name} is damaged or ends early. {hint}"
    assert (broken.status, broken.lines > 0) == (ImportStatus.FAILED, True)
    assert kept(cast.acme).events == broken.accounting()["stored"]
    whole = imported(cast.acme, tmp_path, packed, year=2026)
    assert whole.accounting()["duplicate"] == broken.accounting()["stored"]
    assert kept(cast.acme).events == 3_000
    assert_recounted(cast.acme)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_log_leaves_the_same_rows(cast: Cast, tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    imported(cast.acme, tmp_path, LOG, year=2026)
    before = kept(cast.acme)
    packed = imported(cast.acme, tmp_path, pack(LOG), year=2026)
    assert (packed.lines, packed.accounting()["duplicate"]) == (lines_in(LOG), 3)
    assert kept(cast.acme) == before


def test_line_ends_of_windows_leave_the_same_rows(cast: Cast, tmp_path: Path) -> None:
    imported(cast.acme, tmp_path, LOG, year=2026)
    before = kept(cast.acme)
    again = imported(cast.acme, tmp_path, LOG.replace(b"\n", b"\r\n"), year=2026)
    assert (again.lines, again.accounting()["duplicate"]) == (lines_in(LOG), 3)
    assert kept(cast.acme) == before


def test_nul_bytes_in_the_middle_are_counted_and_do_no_harm(cast: Cast, tmp_path: Path) -> None:
    # The first kilobytes decide whether it is text; a hole of a crashed file system comes later.
    head = messages(AT, 30)
    hole = bytes(5_000) + b"\n"
    strange = refused_login(AT + timedelta(hours=1), account="ad\0min")
    tail = messages(AT + timedelta(hours=2), 2, first=50)
    mixed = imported(cast.acme, tmp_path, head + hole + strange + tail, year=2026)
    assert mixed.accounting()["unrecognised_by_reason"] == {"binary": 1}
    assert mixed.accounting()["stored"] == 33
    with tenant_scope([cast.acme.pk]):
        assert LoginFailure.objects.get().account == r"ad\x00min"
        assert SkippedLine.objects.get().text.startswith(r"\x00\x00")
    assert_recounted(cast.acme)


def test_names_that_are_not_utf_8_are_kept_apart(cast: Cast, tmp_path: Path) -> None:
    latin, utf8 = "jörg@acme.example".encode("latin-1"), "jörg@acme.example".encode()
    data = b"".join(
        message(AT + timedelta(minutes=n), queue_id=f"BBB00{n}").replace(b"anna@acme.example", name)
        for n, name in enumerate((latin, utf8, latin))
    )
    imported(cast.acme, tmp_path, data, year=2026)
    with tenant_scope([cast.acme.pk]):
        names = Counter(Submission.objects.values_list("account", flat=True))
    assert names == {r"j\xf6rg@acme.example": 2, "jörg@acme.example": 1}
    assert_recounted(cast.acme)


def test_lines_of_other_programs_are_other_matters(cast: Cast, tmp_path: Path) -> None:
    data = LOG + stamped(AT + timedelta(hours=1), "dovecot: imap-login: Login: user=<anna>, method=PLAIN")
    mixed = imported(cast.acme, tmp_path, data, year=2026)
    numbers = mixed.accounting()
    assert (numbers["event"], numbers["evidence"], numbers["other"], numbers["unrecognised"]) == (3, 12, 1, 0)
