"""What is no log is refused and says why; near misses are not taken for a log; nothing raises."""

from __future__ import annotations

import codecs
import gzip
import json
import random
import re
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BinaryInput, BrokenInput, EmptyInput
from insights.ingest.recognition import (
    Doubt,
    Recognition,
    Sureness,
    dump,
    load,
    may_be_read_as,
    one_format_of,
    recognise,
    recognise_file,
)
from insights.ingest.recognition.decide import Found, decide
from insights.ingest.recognition.look import BY_SYSLOG, FIRST_LOOK
from tests.insights.connectors.graph.directory import sign_in
from tests.insights.ingest.formats.mixed.test_mixed import FIVE, SAMPLES
from tests.insights.ingest.journal import entries

POSTFIX = (SAMPLES / "postfix" / "two-relays.log").read_bytes()
EXIM = (SAMPLES / "exim" / "mainlog-all-selectors.log").read_bytes()
CROND = b"Nov 24 10:00:00 mx1 CRON[71]: (root) CMD (run-parts /etc/cron.hourly)\n"
QUIET = {
    "postfix": b"Nov 24 10:00:00 mx1 postfix/qmgr[9]: 4bRZ2k3vPmzQ1c: removed\n",
    "exim": b"2026-11-24 10:00:00 1vTc2R-000DJZ-Lc Completed\n",
    "sendmail": b"Nov 24 10:00:00 mx1 sm-mta[9]: 5BVMxw1a000902: to=<a@b.example>, stat=Sent\n",
    "opensmtpd": b"Nov 24 10:00:00 mx1 smtpd[9]: f274cf35d39a7d0b mta delivery evpid=78e5c402920bcc4f\n",
    "dovecot": b"2026-11-24T10:00:00Z mx1 dovecot: submission-login: Info: Waiting\n",
}


@pytest.mark.parametrize(
    ("data", "doubt"),
    [
        (b"<!DOCTYPE html>\n<html><body>\n<p>Nov 24 10:00:00 mx1</p>\n</body></html>\n", Doubt.NOTHING),
        (b"\n\n\n", Doubt.NOTHING),
        (b"a" * 200_000, Doubt.NOTHING),
        (random.Random(1).randbytes(50_000).replace(b"\0", b"0"), Doubt.NOTHING),
        (CROND * 50, Doubt.NOTHING),
        (b"name,account,sent\nann,a@b.example,3\n", Doubt.TABLE),
        (b'"Name";"Account";"Sent"\r\n"ann";"a@b.example";"3"\r\n', Doubt.TABLE),
        (b"date,user,address\n2026-11-24T10:00:00Z,ann,192.0.2.1\n" * 20, Doubt.TABLE),
        (b'#TYPE Trace\r\n"Received","User","Size"\r\n"11/24/2026 10:00:00 AM","ann","3"\r\n', Doubt.TABLE),
        (b'{"user": "ann", "sent": 3}\n{"user": "bob"}\n', Doubt.RECORDS),
        # Near misses: other daemons, a log in prose, lines of Postfix without their heads.
        (b"Nov 24 10:00:00 mx1 courieresmtpd: error: 535 Authentication failed.\n", Doubt.NOTHING),
        (b"Nov 24 10:00:00 mx1 qmail-smtpd[12]: 1 connected address=192.0.2.1\n", Doubt.NOTHING),
        (b"Nov 24 10:00:00 mx1 notes: postfix/smtpd said client=x[192.0.2.1], sasl_username=ann\n", Doubt.NOTHING),
        (b"".join(line[40:] + b"\n" for line in POSTFIX.splitlines()), Doubt.NOTHING),
        (b"2026-11-24 10:00:00 a <= b\n2026-11-24 10:00:01 Completed\n", Doubt.NOTHING),
        # Two formats that cannot stand in one syslog.
        (EXIM + (SAMPLES / "haraka" / "default.log").read_bytes(), Doubt.SEVERAL),
    ],
)  # fmt: skip
def test_what_is_no_log_of_one_server_is_refused(data: bytes, doubt: Doubt) -> None:
    seen = recognise(data)
    assert (seen.format, seen.sureness, seen.doubt) == (None, None, doubt)


def test_writers_and_columns_are_named() -> None:
    assert recognise(CROND * 3).programs == {"CRON": 3}
    assert recognise(b"Name,Account,Sent\nann,b,3\n").columns == ("name", "account", "sent")


@pytest.mark.parametrize("name", QUIET)
def test_log_without_a_login_is_likely_what_its_lines_are_the_form_of(name: str) -> None:
    seen = recognise(CROND + QUIET[name])
    assert (seen.format, seen.sureness, seen.found) == (name, Sureness.LIKELY, (Found(name, 0, 0, 0),))
    other = "exim" if name == "postfix" else "postfix"
    assert recognise(QUIET[name] + QUIET[other]).format == "mixed"


def test_stamps_of_rfc_5424_are_read_past() -> None:
    line = b"<22>1 2026-11-24T10:00:00Z mx1 postfix/qmgr 9 - - 4bRZ2k3vPmzQ1c: removed\n"
    assert recognise(line).format == "postfix"


def test_five_daemons_in_one_syslog_are_mixed() -> None:
    seen = recognise(FIVE.read_bytes())
    assert (seen.format, seen.sureness) == ("mixed", Sureness.CERTAIN)
    assert {look.format: look.events for look in seen.found} == {
        "postfix": 4, "exim": 6, "sendmail": 4, "opensmtpd": 3, "dovecot": 7,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("looks", "format_", "sure"),
    [
        ([Found("exim", 1, 1, 0)], "exim", Sureness.CERTAIN),
        ([Found("exim", 0, 4, 0)], "exim", Sureness.LIKELY),
        ([Found("exim", 0, 5, 0)], "exim", Sureness.CERTAIN),
        ([Found("exim", 1, 1, 2)], "exim", Sureness.LIKELY),
        ([Found("exim", 0, 0, 2)], "exim", Sureness.LIKELY),
        ([Found("exim", 3, 3, 0), Found("haraka", 0, 0, 1)], "exim", Sureness.CERTAIN),
        ([Found("exim", 3, 3, 0), Found("postfix", 0, 1, 0)], "mixed", Sureness.LIKELY),
        ([Found("exim", 3, 3, 0), Found("postfix", 3, 9, 0)], "mixed", Sureness.CERTAIN),
        ([Found("exim", 3, 3, 0), Found("haraka", 0, 1, 0)], None, None),
        # More claims than lines: some line is claimed twice.
        ([Found("exim", 3, 8, 0), Found("postfix", 3, 8, 0)], None, None),
    ],
)
def test_decision(looks: list[Found], format_: str | None, sure: Sureness | None) -> None:
    seen = decide(looks, lines=12, by_syslog=BY_SYSLOG)
    assert (seen.format, seen.sureness) == (format_, sure)
    assert seen.doubt is (None if format_ else Doubt.SEVERAL)


@pytest.mark.parametrize(
    ("data", "own", "may"),
    [
        (POSTFIX, "postfix", True),
        (POSTFIX, "exim", False),
        (POSTFIX, "mixed", True),
        (POSTFIX, "csv", False),
        (EXIM, "haraka", False),
        (FIVE.read_bytes(), "mixed", True),
        (FIVE.read_bytes(), "dovecot", True),
        (FIVE.read_bytes(), "haraka", False),
        ((SAMPLES / "haraka" / "json.log").read_bytes(), "mixed", False),
        (QUIET["postfix"], "postfix", True),
        (CROND, "postfix", False),
        (b"name,account,sent\n", "csv", True),
        (b"name,account,sent\n", "postfix", False),
        (b'{"user": "ann"}\n', "ndjson", True),
        (CROND, "csv", False),
    ],
)
def test_source_takes_what_its_format_can_read(data: bytes, own: str, may: bool) -> None:
    assert may_be_read_as(recognise(data), own) is may


@pytest.mark.parametrize(
    ("logs", "together"),
    [
        ([POSTFIX, POSTFIX], "postfix"),
        ([POSTFIX, QUIET["exim"]], "mixed"),
        ([POSTFIX, FIVE.read_bytes()], "mixed"),
        ([POSTFIX, (SAMPLES / "haraka" / "json.log").read_bytes()], None),
        ([POSTFIX, CROND], None),
    ],
)
def test_several_logs_of_a_source_have_one_format(logs: list[bytes], together: str | None) -> None:
    assert one_format_of([recognise(log) for log in logs]) == together


def test_busy_relay_is_looked_at_further(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.gz"
    path.write_bytes(gzip.compress(QUIET["postfix"] * (FIRST_LOOK // 50) + POSTFIX))
    seen = recognise_file(path, name=path.name)
    assert (seen.format, seen.sureness, seen.of("postfix").events) == ("postfix", Sureness.CERTAIN, 5)


JOURNAL = (SAMPLES / "postfix" / "journal.json").read_bytes()
HARAKA = (SAMPLES / "haraka" / "json.log").read_bytes()
PORTAL = (SAMPLES / "entra" / "portal.json").read_bytes()
TABLE = b"name,account,sent\nann,a@b.example,3\n"
WRITTEN = {
    "plain": lambda log: log,
    "with a byte order mark": lambda log: codecs.BOM_UTF8 + log,
    "in UTF-16, the low byte first": lambda log: codecs.BOM_UTF16_LE + log.decode().encode("utf-16-le"),
    "in UTF-16, the high byte first": lambda log: codecs.BOM_UTF16_BE + log.decode().encode("utf-16-be"),
    "with line ends of Windows": lambda log: log.replace(b"\n", b"\r\n"),
}
PACKED = {"as it is": lambda data: data, "gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress}


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("written", WRITTEN)
def test_log_is_recognised_however_it_is_written_and_packed(
    tmp_path: Path, written: str, packed: str
) -> None:
    path = tmp_path / "mail.log"
    for log, format_, doubt in (
        (POSTFIX, "postfix", None),
        (EXIM, "exim", None),
        (HARAKA, "haraka", None),
        (JOURNAL, "postfix", None),
        (PORTAL, "entra", None),
        (TABLE, None, Doubt.TABLE),
        (CROND * 3, None, Doubt.NOTHING),
    ):
        path.write_bytes(PACKED[packed](WRITTEN[written](log)))
        seen, plain = recognise_file(path, name=path.name), recognise(log)
        assert (seen.format, seen.doubt) == (format_, doubt)
        assert seen == plain


@pytest.mark.parametrize("name", QUIET)
def test_journal_without_a_login_is_likely_what_its_lines_are_the_form_of(name: str) -> None:
    line = re.sub(
        rb"^[A-Z]\w+ \d+ ([\d:]{8}) |^2026-11-24[T ]([\d:]{8})Z? ", rb"2026-11-24T\1\2Z ", QUIET[name]
    )
    log = entries(line if name != "exim" else line.replace(b"Z ", b"Z mx1 exim4[7]: ", 1))
    seen = recognise(entries(CROND.replace(b"Nov 24 10:00:00", b"2026-11-24T10:00:00Z")) + log)
    assert (seen.format, seen.sureness) == (name, Sureness.LIKELY)


def test_journal_of_other_programs_names_them() -> None:
    seen = recognise(entries(CROND.replace(b"Nov 24 10:00:00", b"2026-11-24T10:00:00Z")) * 3)
    assert (seen.format, seen.doubt, seen.programs) == (None, Doubt.NOTHING, {"CRON": 3})


def test_sign_ins_of_other_clients_are_likely_a_file_of_entra() -> None:
    for data in (
        json.dumps([sign_in(1, client="Browser")]),
        json.dumps({"value": [sign_in(1, client="Browser")]}, indent=2),
        json.dumps(sign_in(1, client="Browser")),
    ):
        assert recognise(data.encode()) == Recognition(
            "entra", Sureness.LIKELY, None, 1, (Found("entra", 0, 0, 0),)
        )


def test_document_is_recognised_by_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps([sign_in(number) for number in range(9_000)]))
    seen = recognise_file(path, name=path.name)
    assert (seen.format, seen.sureness, seen.lines) == ("entra", Sureness.CERTAIN, seen.of("entra").events)
    assert 100 < seen.lines < 9_000


def test_damage_behind_the_first_megabyte_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mail.log.gz"
    whole = gzip.compress(POSTFIX + random.Random(2).randbytes(3_000_000).hex().encode())
    path.write_bytes(whole[: len(whole) // 2])
    assert recognise_file(path, name=path.name).format == "postfix"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyInput),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", BinaryInput),
        (b"PK\x03\x04 zipped", BinaryInput),
        (gzip.compress(POSTFIX, mtime=0)[:12], BrokenInput),
    ],
)
def test_what_cannot_be_read_at_all_is_refused_before(
    tmp_path: Path, data: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "x"
    path.write_bytes(data)
    with pytest.raises(error):
        recognise_file(path, name="x")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(
            st.one_of(st.sampled_from(FIVE.read_bytes().splitlines(keepends=True)), st.binary(max_size=40)),
            max_size=12,
        ).map(b"".join),
    )
)
@example(b"")
@example(b'"')
@example(b"{")
def test_any_bytes_are_recognised_or_refused(data: bytes) -> None:
    seen = recognise(data)
    assert (seen.format is None) == (seen.sureness is None) == (seen.doubt is not None)
    assert all(look.matched or look.odd or look == Found(look.format, 0, 0, 0) for look in seen.found)


@pytest.mark.parametrize("before", [b"", b"Nov 24 10:00:00 mx1 stalwart[9]: "])
def test_log_of_stalwart_without_a_login_is_likely_its_own(before: bytes) -> None:
    line = b"2026-11-24T10:00:00Z INFO Message delivered (delivery.delivered) queueId = 3\n"
    seen = recognise(CROND + before + line)
    assert (seen.format, seen.sureness) == ("stalwart", Sureness.LIKELY)
    assert recognise(QUIET["postfix"] + before + line).doubt is Doubt.SEVERAL


@pytest.mark.parametrize("data", [POSTFIX, TABLE, CROND, PORTAL, QUIET["exim"], FIVE.read_bytes(), b""])
def test_recognition_is_the_same_once_it_was_kept(data: bytes) -> None:
    seen = recognise(data)
    assert load(json.loads(json.dumps(dump(seen)))) == seen
