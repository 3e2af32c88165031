"""JSON records that are the log itself, over the API: bare, wrapped by a shipper, and as a webhook posts them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from insights.ingest.feeds.errors import OverLimit
from insights.ingest.feeds.shippers import log_lines
from insights.ingest.record import SkipReason
from tests.cast import Cast
from tests.insights.api.ingest.senders import send_lines, sender, stored
from tests.insights.ingest.formats.stalwart.reading import ANN, log, login, queued, record, records

SAMPLES = Path(__file__).resolve().parents[3] / "samples"
QUEUED: dict[str, Any] = {"queueId": 3, "from": ANN, "to": ["x@rcpt.example"], "size": 40}
EVENTS = [record("auth.success", accountName=ANN), record("queue.authenticated-message-queued", **QUEUED)]


def sample(name: str) -> bytes:
    """Return a written log."""
    return (SAMPLES / name).read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("log_format", "name", "kept"),
    [
        ("kumomta", "transactions", (5, 3)),
        ("ses", "envelopes", (5, 0)),
        ("stalwart", "events", (7, 6)),
        ("stalwart", "webhook", (7, 6)),
        ("stalwart", "log", (7, 6)),
    ],
)
def test_log_of_records_is_read_as_its_file_is(
    cast: Cast, log_format: str, name: str, kept: tuple[int, int]
) -> None:
    data = sample(f"{log_format}/{name}.log")
    api, query = sender(cast.acme), f"?format={log_format}"
    answer = send_lines(api, data, query=query, media_type="application/json")
    assert (answer["lines"], answer["unrecognised"]) == (data.count(b"\n"), 0)
    assert stored(cast.acme) == kept
    # As a tail of Fluent Bit wraps it, into the source that is there, whose format need not be said again.
    wrapped = "".join(json.dumps({"log": one}) + "\n" for one in data.decode().splitlines())
    again = send_lines(api, wrapped.encode(), media_type="application/x-ndjson")
    assert (again["lines"], again["unrecognised"]) == (answer["lines"], 0)
    assert stored(cast.acme)[0] == kept[0]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["portal", "graph", "diagnostic-setting"])
def test_sign_ins_are_read_in_every_layout(cast: Cast, name: str) -> None:
    query, body = "?format=entra", sample(f"entra/{name}.json")
    answer = send_lines(sender(cast.acme), body, query=query, media_type="application/json")
    assert (answer["lines"], answer["event"], answer["other"], answer["unrecognised"]) == (7, 5, 2, 0)
    assert stored(cast.acme) == (3, 2)


@pytest.mark.django_db
def test_records_of_another_server_hold_no_line(cast: Cast) -> None:
    answer = send_lines(sender(cast.acme), sample("kumomta/transactions.log"), media_type="application/json")
    assert (answer["lines"], answer["unrecognised"], answer["rejected"][0]["reason"]) == (
        22,
        22,
        "no_message",
    )


@pytest.mark.django_db
def test_webhook_is_read_event_by_event(cast: Cast) -> None:
    body = json.dumps({"events": EVENTS * 300}).encode()
    assert len(body) > 100_000
    answer = send_lines(sender(cast.acme), body, query="?format=stalwart", media_type="application/json")
    assert (answer["lines"], answer["event"], answer["evidence"], answer["accepted"]) == (600, 300, 300, 1)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (records({"events": EVENTS}), records(*EVENTS).splitlines()),
        (records(*EVENTS), records(*EVENTS).splitlines()),
        (records([*EVENTS]), records(*EVENTS).splitlines()),
        (log(login(), queued()), log(login(), queued()).splitlines()),
        (b'{"log": "x", "stream": "stdout"}', [b"x"]),
        (b'{"events": 3}', [b'{"events":3}']),
        (b'{"events": []}', []),
    ],
)
def test_lines_of_a_body(body: bytes, lines: list[bytes]) -> None:
    found = log_lines(body, is_json=True, log_format="stalwart")
    assert (found.lines, found.unreadable) == (lines, [])


def test_event_that_is_none_is_told_with_its_place() -> None:
    found = log_lines(b'{"events": [{"type": "x"}, 3]}', is_json=True, log_format="stalwart")
    assert (found.lines, [(one.line_number, one.reason) for one in found.unreadable]) == (
        [b'{"type":"x"}'], [(2, SkipReason.NO_MESSAGE)],
    )  # fmt: skip


def test_event_that_is_too_long_is_refused() -> None:
    body = json.dumps({"events": [{"type": "x" * 70_000}]}).encode()
    with pytest.raises(OverLimit):
        log_lines(body, is_json=True, log_format="stalwart")
