"""JSON records read by a mapping of paths."""

from __future__ import annotations

from typing import Any

from insights.enums import TlsVersion
from insights.ingest.record import SkipReason
from tests.insights.ingest.formats.columns.reading import read, read_cut

MAPPING: dict[str, Any] = {
    "columns": {
        "time": "at",
        "account": "user.name",
        "client_ip": "client.ip",
        "tls": "tls.version",
        "recipients": "to",
        "messages": "count",
        "size": "bytes",
        "id": "id",
        "outcome": "ok",
    },
    "time_format": "epoch_ms",
    "success": ["true"],
    "failure": ["false"],
    "tls_values": {"weird": "TLS1.3"},
}
RECORDS = (
    b'{"at": 1763632800123, "user": {"name": "ann"}, "client": {"ip": "192.0.2.1"}, "tls": {"version": "weird"},'
    b' "to": ["a@b.example", "c@b.example"], "bytes": 512, "id": "A1", "ok": true}\n'
    b'{"at": "1763632800123", "user.name": "bob", "count": 12, "ok": true, "id": null}\n'
    b'{"at": 1763632801000, "user": {"name": "eve"}, "ok": false}\n'
    b'{"at": "now", "user": {"name": "eve"}, "ok": true}\n'
    b'{"at": 1763632801000, "user": "eve", "ok": true}\n'
    b"[1]\n"
    b'{"at": 1763632801000\n'
)


def test_members_are_found_by_path() -> None:
    batch = read(RECORDS, MAPPING, form="ndjson")
    assert [
        (one.account, one.client_ip, one.tls_version, one.recipients, one.recipients_exact, one.messages)
        for one in batch.submissions
    ] == [
        ("ann", "192.0.2.1", TlsVersion.TLS1_3, 2, True, 1),
        ("bob", "", TlsVersion.UNKNOWN, 12, False, 12),
    ]
    assert [(one.queue_id, one.size_bytes, one.micros) for one in batch.submissions] == [
        ("A1", 512, 1763632800123000),
        ("", None, 1763632800123000),
    ]
    assert [one.account for one in batch.failures] == ["eve"]


def test_each_line_is_counted_and_every_cut_gives_the_same() -> None:
    whole = read(RECORDS, MAPPING, form="ndjson")
    assert whole.counts.lines == RECORDS.count(b"\n")
    assert whole.counts.unrecognised == {
        SkipReason.BAD_STAMP: 1,
        SkipReason.NO_ACCOUNT: 1,
        SkipReason.BAD_ROW: 1,
        SkipReason.NO_JSON: 1,
    }
    for cut in range(1, len(RECORDS), 7):
        assert read_cut(RECORDS, [cut], MAPPING, form="ndjson")[:2] == whole[:2], cut
