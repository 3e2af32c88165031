"""What is read is stored once: when two follow one log, when nobody heard of a commit, when the database is away."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from insights.ingest.follow.chain import Watched
from insights.ingest.follow.keep import Overtaken, Target, Way, place_of, store_lines_of
from insights.ingest.follow.loop import Followed
from insights.ingest.follow.tail import Tail
from insights.models import LogImport, LoginFailure, Source, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted
from tests.insights.ingest.journal import entry
from tests.insights.ingest.lines import message, refused_login

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NOW = datetime.now(UTC).replace(microsecond=0)
AT = NOW - timedelta(hours=3)


def clock() -> Callable[[], float]:
    seconds = itertools.count(0.0, 2.0)
    return lambda: next(seconds)


@pytest.fixture
def target(cast: Cast, tmp_path: Path) -> Target:
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.create(tenant=cast.acme, name="mx1", format="postfix", time_zone="UTC")
    return Target(cast.acme.pk, source.pk, str(tmp_path / "mail.log"))


def followed(target: Target, told: list[str]) -> Followed:
    tail = Tail(Watched(Path(target.path)), place_of(target), monotonic=clock())
    return Followed(target, tail, clock=lambda: NOW, say=told.append)


def counted(target: Target) -> tuple[int, int, int]:
    """Return the submissions, the refused logins and the lines that are counted."""
    with tenant_scope([target.tenant_id]):
        lines = sum(one.lines for one in LogImport.objects.all())
        return Submission.objects.count(), LoginFailure.objects.count(), lines


def test_log_that_two_follow_is_counted_once_and_told(cast: Cast, target: Target) -> None:
    path, stop = Path(target.path), Event()
    # Equal lines of one second are so many refused logins: read twice, they would be twice as many.
    path.write_bytes(message(AT, queue_id="A1") + 2 * refused_login(AT + timedelta(seconds=1)))
    told: list[str] = []
    one, other = followed(target, []), followed(target, told)
    assert one.step(stop)
    with path.open("ab") as log:
        log.write(refused_login(AT + timedelta(seconds=2)))
    assert other.step(stop)
    assert counted(target) == (1, 2, 7)
    assert told == [f"{path}: another process follows it into the same source. One is enough."]
    while other.step(stop):
        pass
    while one.step(stop):
        pass
    assert counted(target) == (1, 3, 8)
    assert (one.lines, other.lines) == (7, 1)
    assert_recounted(cast.acme)


def test_lines_whose_commit_nobody_heard_of_are_stored_once(cast: Cast, target: Target) -> None:
    path = Path(target.path)
    path.write_bytes(3 * refused_login(AT))
    piece = Tail(Watched(path), None, monotonic=clock()).next()
    assert piece is not None
    lines, way = piece.data.splitlines(), Way(None, piece.place)
    first = store_lines_of(target, lines, [], size=len(piece.data), way=way, clock=lambda: NOW)
    assert first is not None
    assert first.stored == 3
    assert store_lines_of(target, lines, [], size=len(piece.data), way=way, clock=lambda: NOW) is None
    assert counted(target) == (0, 3, 3)
    assert_recounted(cast.acme)


def test_lines_from_another_place_than_the_stored_one_are_refused(target: Target) -> None:
    path = Path(target.path)
    path.write_bytes(refused_login(AT))
    tail = Tail(Watched(path), None, monotonic=clock())
    first = tail.next()
    assert first is not None
    store_lines_of(target, [first.data], [], size=1, way=Way(None, first.place), clock=lambda: NOW)
    with path.open("ab") as log:
        log.write(refused_login(AT))
    second = tail.next()
    assert second is not None
    with pytest.raises(Overtaken) as raised:
        store_lines_of(target, [second.data], [], size=1, way=Way(None, second.place), clock=lambda: NOW)
    assert raised.value.place == first.place
    assert counted(target) == (0, 1, 1)


def test_journal_that_is_written_to_a_file_is_followed(cast: Cast, target: Target) -> None:
    texts = [
        "A1: client=unknown[192.0.2.10], sasl_method=PLAIN, sasl_username=ann@acme.example",
        None,
        "A1: from=<ann@acme.example>, size=1000, nrcpt=1 (queue active)",
    ]
    programs = ["postfix/submission/smtpd", "postfix/cleanup", "postfix/qmgr"]
    log = b"".join(entry(text, at=AT, program=one, pid=9) for text, one in zip(texts, programs, strict=True))
    path, stop = Path(target.path), Event()
    for end in (len(log) // 3, len(log) - 30, len(log)):
        path.write_bytes(log[:end])
        follower = followed(target, [])
        while follower.step(stop):
            pass
    with tenant_scope([target.tenant_id]):
        (account,) = LogImport.objects.all()
        (row,) = Submission.objects.all()
        assert (account.lines, account.unrecognised) == (3, {"no_message": 1})
        (skipped,) = account.skipped_lines.all()
    assert (row.account, row.occurred_at) == ("ann@acme.example", AT)
    assert skipped.reason == "no_message"
    assert_recounted(cast.acme)


def test_members_of_the_journal_stay_where_a_mapping_names_them(cast: Cast, target: Target) -> None:
    columns = {"time": "__REALTIME_TIMESTAMP", "account": "USER_NAME"}
    with tenant_scope([target.tenant_id]):
        Source.objects.update(format="ndjson", mapping={"columns": columns, "time_format": "epoch_us"})
    Path(target.path).write_bytes(entry("sent", at=AT, program="app", USER_NAME="ann"))
    assert followed(target, []).step(Event())
    with tenant_scope([target.tenant_id]):
        assert [row.account for row in Submission.objects.all()] == ["ann"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_log_in_utf_16_is_followed(cast: Cast, target: Target, codec: str) -> None:
    log = message(AT, queue_id="A1") + 2 * refused_login(AT, account="müller") + message(AT, queue_id="A2")
    path, stop = Path(target.path), Event()
    written = f"\ufeff{log.decode()}".encode(codec)
    for end in (101, len(written) // 2, len(written) - 1, len(written)):
        path.write_bytes(written[:end])
        follower = followed(target, [])
        while follower.step(stop):
            pass
    assert counted(target) == (2, 2, 12)
    with tenant_scope([target.tenant_id]):
        assert {row.account for row in LoginFailure.objects.all()} == {"müller"}
        assert [one.unrecognised for one in LogImport.objects.all()] == [{}]
    assert_recounted(cast.acme)


def test_line_longer_than_a_piece_in_utf_16_is_one_line(target: Target) -> None:
    path, stop = Path(target.path), Event()
    path.write_bytes(f"{'x' * 5_000_000}\n{refused_login(AT).decode()}".encode("utf-16"))
    follower = followed(target, [])
    while follower.step(stop):
        pass
    assert counted(target) == (0, 1, 2)
