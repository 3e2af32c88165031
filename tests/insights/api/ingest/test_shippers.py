"""What log shippers send, each in its own words: the line that they carry is read as from a file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from insights.ingest.feeds.shippers import log_lines
from insights.ingest.record import SkipReason
from insights.models import Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.api.ingest.records import whole_second
from tests.insights.api.ingest.senders import send_lines, sender
from tests.insights.ingest.lines import message

AT = datetime(2026, 11, 17, 8, 11, 5, 250_000, tzinfo=UTC)
PLAIN = "Nov 17 08:11:05 mx postfix/smtpd[12]: connect from unknown[192.0.2.1]"
TEXT = "connect from unknown[192.0.2.1]"
MADE = f"2026-11-17T08:11:05.250000+00:00 mx postfix/smtpd[12]: {TEXT}"


def one_line(value: Any) -> bytes:
    """Return the line that a JSON value holds, sent alone in an array."""
    found = log_lines(json.dumps([value]).encode(), is_json=True)
    assert (list(found.places), found.unreadable) == ([0], [])
    return found.lines[0]


@pytest.mark.parametrize(
    "value",
    [
        PLAIN,
        {"date": AT.timestamp(), "log": PLAIN},  # Fluent Bit's tail
        {"log": PLAIN + "\n", "stream": "stdout"},  # Docker's
        {
            "file": "/var/log/mail.log",
            "host": "agent",
            "message": PLAIN,
            "timestamp": AT.isoformat(),
        },  # Vector's
        {"msg": PLAIN},
        {"MESSAGE": list(PLAIN.encode())},  # journald's, when it takes the text for binary
        {"message": None, "log": 3, "line": PLAIN},
    ],
)
def test_line_with_its_own_stamp_is_taken_as_it_is(value: Any) -> None:
    assert one_line(value) == PLAIN.encode()


@pytest.mark.parametrize(
    "value",
    [
        {  # Fluent Bit's systemd, journald itself
            "MESSAGE": TEXT,
            "_HOSTNAME": "mx",
            "SYSLOG_IDENTIFIER": "postfix/smtpd",
            "_PID": "12",
            "__REALTIME_TIMESTAMP": "1794903065250000",
        },
        {  # Fluent Bit's parser of syslog
            "date": 1794903065.25,
            "host": "mx",
            "ident": "postfix/smtpd",
            "pid": "12",
            "message": TEXT,
        },
        {  # Vector's source of syslog
            "appname": "postfix/smtpd",
            "hostname": "mx",
            "procid": 12,
            "message": TEXT,
            "timestamp": "2026-11-17T08:11:05.250000+00:00",
        },
        {  # rsyslog's %jsonmesg%
            "msg": f" {TEXT}",
            "hostname": "mx",
            "syslogtag": "postfix/smtpd[12]:",
            "programname": "postfix",
            "timereported": "2026-11-17T08:11:05.250000+00:00",
        },
        {"message": TEXT, "host": "mx", "program": "postfix/smtpd", "pid": 12, "time": 1794903065250},
        {"message": TEXT, "host": "mx", "program": "postfix/smtpd[12]", "time": 1794903065250000000},
    ],
)
def test_line_without_stamp_gets_one_of_the_members_beside_it(value: Any) -> None:
    assert one_line(value) == MADE.encode()


def test_text_without_time_or_program_stays_as_it_is() -> None:
    assert one_line({"message": TEXT}) == TEXT.encode()
    assert one_line({"message": TEXT, "time": 1794903065}) == TEXT.encode()
    assert one_line({"message": TEXT, "ident": "postfix/smtpd", "time": True}) == TEXT.encode()


def test_ends_of_lines_within_a_value_make_no_second_line() -> None:
    assert one_line({"log": "a\r\nb\n"}) == b"a  b"


def test_bytes_that_are_no_text_are_kept_for_the_parser() -> None:
    assert log_lines(b'{"log": "a\xffb"}', is_json=True).lines == [b"a\xffb"]
    assert log_lines(b'{"log": "a\\ud800b"}', is_json=True).lines == [b"a\\ud800b"]


def test_lines_of_text_may_stand_among_lines_of_json() -> None:
    body = json.dumps({"log": PLAIN}).encode() + b"\n" + PLAIN.encode() + b"\r\n\n"
    assert log_lines(body, is_json=True).lines == [PLAIN.encode()] * 2


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'{"log": ', SkipReason.NO_JSON),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, SkipReason.NO_JSON),
        (b'{"logs": "x"}', SkipReason.NO_MESSAGE),
        (b'{"log": {"log": "x"}}', SkipReason.NO_MESSAGE),
        (b'{"log": []}', SkipReason.NO_MESSAGE),
        (b'{"log": [256]}', SkipReason.NO_MESSAGE),
        (b'{"log": NaN}', SkipReason.NO_MESSAGE),
    ],
)
def test_record_without_a_line_is_told_with_its_place(raw: bytes, reason: SkipReason) -> None:
    found = log_lines(PLAIN.encode() + b"\n" + raw + b"\n" + PLAIN.encode(), is_json=True)
    assert (found.lines, list(found.places)) == ([PLAIN.encode()] * 2, [0, 2])
    assert [(one.line_number, one.reason) for one in found.unreadable] == [(2, reason)]


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["array", "ndjson"])
def test_message_arrives_by_way_of_json(cast: Cast, form: str) -> None:
    lines = message(whole_second(), queue_id="4ABC").decode().splitlines()
    values: list[Any] = [{"date": 1.5, "log": line} for line in lines]
    values.insert(2, {"nothing": 1})
    body = json.dumps(values) if form == "array" else "\n".join(map(json.dumps, values))
    answer = send_lines(sender(cast.acme), body.encode(), media_type="application/json")
    assert (answer["lines"], answer["accepted"], answer["unrecognised"]) == (6, 1, 1)
    assert answer["rejected"] == [{"index": 2, "field": "", "reason": "no_message"}]


@pytest.mark.django_db
def test_message_arrives_from_a_journal(cast: Cast) -> None:
    begun = whole_second() - timedelta(minutes=1)
    lines = message(begun, queue_id="4ABC").decode().splitlines()
    values = []
    for number, line in enumerate(lines):
        tag, text = line.split(" mx ", 1)[1].split(": ", 1)
        program, _, pid = tag.rstrip("]").partition("[")
        at = int(begun.timestamp() * 1_000_000) + number
        values.append(
            {
                "MESSAGE": text,
                "_HOSTNAME": "mx",
                "SYSLOG_IDENTIFIER": program,
                "_PID": pid,
                "__REALTIME_TIMESTAMP": str(at),
            }
        )
    assert (
        send_lines(sender(cast.acme), json.dumps(values).encode(), media_type="application/json")["accepted"]
        == 1
    )
    with tenant_scope([cast.acme.pk]):
        assert Submission.objects.get().occurred_at == begun + timedelta(microseconds=3)
