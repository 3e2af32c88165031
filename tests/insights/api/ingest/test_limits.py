"""Over a limit nothing is stored; packed bodies are bounded by what they expand to."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest
import zstandard

from insights.ingest.feeds.limits import MAX_BYTES, MAX_LINES, MAX_RECORD_BYTES, MAX_RECORDS
from insights.models import Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.api.ingest.records import submission, whole_second
from tests.insights.api.ingest.senders import post, send_batch, send_lines, sender, stored
from tests.insights.ingest.lines import messages

pytestmark = pytest.mark.django_db
NDJSON = "application/x-ndjson"


def nothing_is_stored(cast: Cast) -> bool:
    with tenant_scope([cast.acme.pk]):
        return not Source.objects.exists() and stored(cast.acme) == (0, 0)


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_body_over_the_limit_is_a_413(cast: Cast, encoding: str) -> None:
    body = b"\n" * (MAX_BYTES + 1)
    packed = {"identity": body, "gzip": gzip.compress(body, 1), "zstd": zstandard.compress(body)}[encoding]
    problem = send_lines(sender(cast.acme), packed, status=413, Content_Encoding=encoding)
    assert problem["type"] == "urn:smtp-auth-insights:problem:too-large"
    assert nothing_is_stored(cast)


@pytest.mark.parametrize("form", ["array", "ndjson"])
def test_one_record_too_many_is_a_413(cast: Cast, form: str) -> None:
    record = json.dumps(submission())
    records = [record] * (MAX_RECORDS + 1)
    body = f"[{','.join(records)}]" if form == "array" else "\n".join(records)
    problem = send_batch(sender(cast.acme), body.encode(), status=413)
    assert problem["detail"].startswith(f"The body holds {MAX_RECORDS + 1} records; at most {MAX_RECORDS}")
    assert send_batch(sender(cast.acme), f"[{','.join(['3'] * (MAX_RECORDS + 1))}]".encode(), status=413)
    assert nothing_is_stored(cast)


def test_reading_ends_at_the_limit(cast: Cast) -> None:
    """What comes after is not looked at: a few packed bytes can hold millions of records."""
    api = sender(cast.acme)
    records, lines = b"3," * (MAX_RECORDS + 1), b"3," * (MAX_LINES + 1)
    assert (
        f"more than {MAX_RECORDS} records" in send_batch(api, b"[" + records + b"oops", status=413)["detail"]
    )
    answer = send_lines(api, b"[" + lines + b"oops", media_type="application/json", status=413)
    assert f"more than {MAX_LINES} lines" in answer["detail"]
    assert nothing_is_stored(cast)


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b" " * 100, b"\xef\xbb\xbf\r\n"])
def test_array_may_stand_after_a_byte_order_mark_or_blanks(cast: Cast, before: bytes) -> None:
    body = before + json.dumps([submission()]).encode()
    assert send_batch(sender(cast.acme), body)["accepted"] == 1


def test_source_named_with_a_nul_is_told_so(cast: Cast) -> None:
    problem = send_lines(sender(cast.acme), b"x\n", source="a%00", status=400)
    assert [error["field"] for error in problem["errors"]] == ["source"]


def test_as_many_records_as_allowed_are_taken(cast: Cast) -> None:
    answer = send_batch(sender(cast.acme), [submission(number) for number in range(MAX_RECORDS)])
    assert answer["accepted"] == MAX_RECORDS


def test_one_line_too_many_is_a_413(cast: Cast) -> None:
    send_lines(sender(cast.acme), b"x\n" * (MAX_LINES + 1), status=413)
    send_lines(
        sender(cast.acme), b'["x"' + b',"x"' * MAX_LINES + b"]", media_type="application/json", status=413
    )
    assert nothing_is_stored(cast)


@pytest.mark.parametrize("form", ["text", "ndjson", "array", "batch"])
def test_line_over_the_limit_is_a_413(cast: Cast, form: str) -> None:
    api, line = sender(cast.acme), "x" * (MAX_RECORD_BYTES + 1)
    good = messages(whole_second(), 1)
    if form == "text":
        problem = send_lines(api, good + line.encode(), status=413)
        assert problem["detail"].startswith(
            "Line 5 (counted from 0) has 65537 bytes; at most 65536 are taken."
        )
    elif form == "batch":
        record = json.dumps(submission(account=line)).encode()
        send_batch(api, json.dumps(submission()).encode() + b"\n" + record, media_type=NDJSON, status=413)
    else:
        media_type = NDJSON if form == "ndjson" else "application/json"
        body = json.dumps({"log": line}) if form == "ndjson" else json.dumps([{"log": line}])
        send_lines(api, body.encode(), media_type=media_type, status=413)
    assert nothing_is_stored(cast)


@pytest.mark.parametrize(
    "encoding", ["br", "deflate", "compress", "gzip, gzip", "gzip,zstd", "identity, gzip"]
)
def test_encoding_that_is_not_read_is_a_415(cast: Cast, encoding: str) -> None:
    problem = send_lines(sender(cast.acme), b"x", status=415, Content_Encoding=encoding)
    assert "gzip, zstd and identity" in problem["detail"]


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"plain text"),
        ("gzip", gzip.compress(b"x" * 10_000, mtime=0)[:-12]),
        ("gzip", gzip.compress(b"x\n" * 5_000, mtime=0)[:-8] + b"12345678"),
        ("gzip", zlib.compress(b"x")),
        ("zstd", b"plain text"),
        ("zstd", zstandard.compress(b"x\n" * 10_000)[:-3]),
        ("zstd", zstandard.compress(b"x") + b"more"),
    ],
    ids=["no gzip", "gzip cut", "gzip spoilt", "zlib", "no zstd", "zstd cut", "more after zstd"],
)
def test_damaged_body_is_a_400(cast: Cast, encoding: str, body: bytes) -> None:
    problem = send_lines(sender(cast.acme), body, status=400, Content_Encoding=encoding)
    assert problem["detail"] == f"The body is no {encoding}, is damaged or ends early. Nothing was stored."
    assert nothing_is_stored(cast)


def test_several_members_and_frames_are_one_body(cast: Cast) -> None:
    api, log = sender(cast.acme), messages(whole_second(minutes_ago=30), 2).splitlines(keepends=True)
    assert send_lines(api, b"".join(map(gzip.compress, log)), Content_Encoding="gzip")["lines"] == 10
    log = messages(whole_second(minutes_ago=20), 2, first=50).splitlines(keepends=True)
    assert send_lines(api, b"".join(map(zstandard.compress, log)), Content_Encoding="zstd")["lines"] == 10


def test_zstd_window_over_the_limit_is_a_413(cast: Cast) -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(b"x\n") + packer.flush()
    problem = send_lines(sender(cast.acme), packed, status=413, Content_Encoding="zstd")
    assert "window" in problem["detail"]


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=x", "application/xml", "image/png"])
def test_type_that_is_not_read_is_a_415(cast: Cast, media_type: str) -> None:
    send_lines(sender(cast.acme), b"x", status=415, media_type=media_type)
    send_batch(sender(cast.acme), [submission()], status=415, media_type="text/plain")


@pytest.mark.parametrize("media_type", ["text/plain; charset=utf-8", "application/x-www-form-urlencoded"])
def test_what_curl_says_by_itself_is_read(cast: Cast, media_type: str) -> None:
    log = messages(whole_second(), 1)
    assert send_lines(sender(cast.acme), log, media_type=media_type)["accepted"] == 1


def test_too_fast_is_a_429_that_says_how_long_to_wait(cast: Cast, settings: object) -> None:
    settings.API_BATCHES_A_MINUTE = 2  # type: ignore[attr-defined]
    api = sender(cast.acme)
    for number in range(2):
        send_batch(api, [submission(number)])
    answer = post(api, "tenants/acme/sources/mx1/lines", b"x", status=429)
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert stored(cast.acme) == (2, 0)
