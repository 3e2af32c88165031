"""Logs that were taken with `docker compose logs`, which puts the container's name before each line."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.ingest.recognition import Sureness, recognise
from insights.ingest.record import Batch, joined
from tests.fuzz.rules import stream

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
LOGS = [
    ("dovecot", "own-file-2.3.log"),
    ("dovecot", "syslog-2.4.log"),
    ("exim", "mainlog-all-selectors.log"),
    ("exim", "syslog-new-year.log"),
    ("haraka", "default.log"),
    ("haraka", "json.log"),
    ("haraka", "logfmt.log"),
    ("mixed", "five-daemons.log"),
    ("opensmtpd", "two-sessions.log"),
    ("postfix", "new-year.log"),
    ("postfix", "two-relays.log"),
    ("sendmail", "milter-and-solaris.log"),
    ("stalwart", "console.log"),
    ("stalwart", "log.log"),
]
NAME = b"mailcowdockerized-mail-1  | "
FRAMES = {"names": NAME, "names and times": NAME + b"2026-11-20T10:00:00.123456789Z "}


def framed(log: bytes, frame: bytes) -> bytes:
    return b"".join(frame + line for line in log.splitlines(keepends=True))


def read(name: str, *chunks: bytes) -> Batch:
    """Read one log from several files, each cut off where it ends."""
    reader = stream(name)
    batches = []
    for chunk in chunks:
        batches += [reader.feed(chunk), reader.end_of_input()]
    return joined(batches)


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize(("name", "file"), LOGS)
def test_lines_are_read_like_those_without_a_name(name: str, file: str, frame: bytes) -> None:
    log = (SAMPLES / name / file).read_bytes()
    plain, within = read(name, log), read(name, framed(log, frame))
    assert plain.submissions
    assert (within.submissions, within.failures) == (plain.submissions, plain.failures)
    assert within.counts.event == plain.counts.event
    assert within.counts.lines == plain.counts.lines


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize(("name", "file"), [("postfix", "two-relays.log"), ("exim", "syslog-new-year.log")])
def test_log_cut_behind_a_name_goes_on(name: str, file: str, frame: bytes) -> None:
    log = framed((SAMPLES / name / file).read_bytes(), frame)
    whole = read(name, log)
    at = 0
    while (at := log.find(frame, at + 1)) > 0:
        cut = read(name, log[: at + len(frame)], log[at + len(frame) :])
        assert (cut.submissions, cut.failures) == (whole.submissions, whole.failures)
        assert cut.counts == whole.counts


@pytest.mark.parametrize("name", ["postfix", "exim", "sendmail", "opensmtpd", "dovecot"])
def test_line_of_rfc_5424_begins_when_it_says(name: str) -> None:
    line = b"<22>1 2026-11-20T10:00:00.5Z mail daemon 71 - - text: more"
    assert stream(name).begins_at(NAME + line) == stream(name).begins_at(line) is not None


@pytest.mark.parametrize("name", ["postfix", "exim", "dovecot", "haraka", "stalwart"])
def test_format_is_recognised(name: str) -> None:
    file = next(file for log_format, file in LOGS if log_format == name)
    found = recognise(framed((SAMPLES / name / file).read_bytes(), NAME))
    assert (found.format, found.sureness) == (name, Sureness.CERTAIN)
