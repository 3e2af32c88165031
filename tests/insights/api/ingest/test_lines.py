"""Log lines over the API: what arrives, in which order, under which account."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import zstandard
from django.utils import timezone

from insights.models import ImportKind, LogImport, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.api.ingest.senders import post, send_lines, sender, stored
from tests.insights.ingest.lines import message, messages, refused_login, stamped

pytestmark = pytest.mark.django_db


def moments_ago(minutes: int = 10) -> datetime:
    """Return a whole second of the near past, as a server in Berlin writes it."""
    return (
        (timezone.now() - timedelta(minutes=minutes))
        .astimezone(ZoneInfo("Europe/Berlin"))
        .replace(microsecond=0)
    )


def test_lines_are_read_stored_and_counted(cast: Cast) -> None:
    api = sender(cast.acme)
    at = moments_ago()
    log = messages(at, 3, every=timedelta(seconds=10)) + refused_login(at + timedelta(minutes=1))
    answer = send_lines(api, log + b"no stamp\n")
    assert {**answer, "import": ""} == {
        "source": "mx1",
        "import": "",
        "lines": 17,
        "event": 4,
        "evidence": 12,
        "other": 0,
        "unrecognised": 1,
        "accepted": 4,
        "duplicate": 0,
        "rejected": [{"index": 16, "field": "", "reason": "no_stamp"}],
    }
    assert stored(cast.acme) == (3, 1)
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.get()
        account = LogImport.objects.get(pk=answer["import"])
        samples = list(account.skipped_lines.values_list("line_number", "reason", "text"))
    assert (source.name, source.format, source.time_zone) == ("mx1", "postfix", "Europe/Berlin")
    assert source.last_line_at == (at + timedelta(minutes=1)).astimezone(UTC)
    assert source.last_received_at is not None
    assert (account.kind, account.lines, account.submissions_stored, account.failures_stored) == (
        ImportKind.LINES,
        17,
        3,
        1,
    )
    assert samples == [(17, "no_stamp", "no stamp")]


def test_session_goes_on_from_request_to_request(cast: Cast) -> None:
    api = sender(cast.acme)
    answers = [
        send_lines(api, line) for line in message(moments_ago(), queue_id="4ABC").splitlines(keepends=True)
    ]
    assert [(one["event"], one["evidence"], one["accepted"]) for one in answers] == [
        (0, 1, 0),
        (0, 1, 0),
        (0, 1, 0),
        (1, 0, 1),
        (0, 1, 0),
    ]
    assert stored(cast.acme) == (1, 0)


def test_body_sent_again_is_answered_as_the_first_time_and_counts_once(cast: Cast) -> None:
    api = sender(cast.acme)
    log = refused_login(moments_ago()) * 2
    first = post(api, "tenants/acme/sources/mx1/lines", log)
    again = post(api, "tenants/acme/sources/mx1/lines", log)
    assert again.json() == first.json()
    assert (first.get("Idempotent-Replay"), again.get("Idempotent-Replay")) == (None, "true")
    assert stored(cast.acme) == (0, 2)


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity"])
def test_body_may_be_packed(cast: Cast, encoding: str) -> None:
    log = messages(moments_ago(), 2)
    packed = {"gzip": gzip.compress(log), "zstd": zstandard.compress(log), "identity": log}[encoding]
    answer = send_lines(sender(cast.acme), packed, Content_Encoding=encoding)
    assert (answer["lines"], answer["accepted"]) == (10, 2)


def test_line_that_comes_twice_by_itself_counts_twice(cast: Cast) -> None:
    api, line = sender(cast.acme), refused_login(moments_ago())
    assert [send_lines(api, line)["accepted"] for _ in range(2)] == [1, 1]


def test_older_log_sent_meanwhile_leaves_the_newer_ones_sessions(cast: Cast) -> None:
    api = sender(cast.acme)
    begun, ended = moments_ago(), message(moments_ago(), queue_id="4NEW", pid=7).splitlines(keepends=True)
    send_lines(api, b"".join(ended[:3]))
    old = message(begun - timedelta(days=3), queue_id="4OLD", pid=7).splitlines(keepends=True)
    for line in old:
        send_lines(api, line)
    assert stored(cast.acme) == (1, 0)
    assert send_lines(api, b"".join(ended[3:]))["accepted"] == 1
    assert stored(cast.acme) == (2, 0)


def test_lines_of_another_year_are_of_the_last_one(cast: Cast) -> None:
    answer = send_lines(
        sender(cast.acme), stamped(moments_ago() + timedelta(days=3), "postfix/qmgr[9]: 4A: removed")
    )
    assert [one["reason"] for one in answer["rejected"]] == ["before_retention"]


def test_totals_of_days_are_no_lines(cast: Cast) -> None:
    api, row = sender(cast.acme), b"ann@acme.example,12,0,0,50,50\n"
    problem = send_lines(api, row, query="?format=exchange-online", status=400)
    assert [error["field"] for error in problem["errors"]] == ["format"]
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()
        Source.objects.create(
            tenant=cast.acme, name="exchange", format="exchange-online", time_zone="Europe/Berlin"
        )
    problem = send_lines(api, row, source="exchange", status=409)
    assert problem["detail"].startswith("The source “exchange” takes whole files with totals")
    assert stored(cast.acme) == (0, 0)
