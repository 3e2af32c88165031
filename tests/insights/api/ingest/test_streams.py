"""The order of a source: a log cut anywhere into requests, several senders at once, a file in between."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections
from django.utils import timezone
from time_machine import travel

from insights.ingest.run import run_import
from insights.models import ImportStatus, LogImport, LoginFailure, Source, Submission
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.api import Api
from tests.cast import Cast, make_cast
from tests.insights.api.ingest.records import whole_second
from tests.insights.api.ingest.senders import post, send_lines, sender, stored
from tests.insights.ingest import corpus
from tests.insights.ingest.lines import message, messages, refused_login, stamped

TRANSACTIONAL = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def events(tenant: Tenant) -> list[tuple[Any, ...]]:
    """Return what is stored, without what tells sources and imports apart."""
    with tenant_scope([tenant.pk]):
        sent = Submission.objects.values_list(
            "occurred_at", "queue_id", "account", "sender_address", "client_ip", "tls_version", "recipients"
        )
        refused = LoginFailure.objects.values_list("occurred_at", "account", "client_ip", "reason", "detail")
        return sorted([*sent, *refused], key=repr)


def cut(log: bytes, *, seed: int, pieces: int) -> list[bytes]:
    """Return the lines of a log in order, in some requests of any length."""
    lines = log.splitlines(keepends=True)
    places = sorted(Random(seed).sample(range(1, len(lines)), pieces - 1))
    return [b"".join(lines[a:b]) for a, b in zip([0, *places], [*places, len(lines)], strict=True)]


def read_as_file(tenant: Tenant, path: Path, *, source: str, year: int | None = None) -> LogImport:
    with tenant_scope([tenant.pk]):
        made, _ = Source.objects.get_or_create(
            tenant=tenant, name=source, defaults={"format": "postfix", "time_zone": tenant.time_zone}
        )
        log_import = LogImport.objects.create(
            tenant=tenant, source=made, file_name=path.name, size_bytes=path.stat().st_size, year=year
        )
    return run_import(tenant_id=tenant.pk, import_id=log_import.pk, clock=timezone.now, path=path)


@corpus.needs_corpus
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_real_log_in_many_requests_gives_what_the_file_gives(cast: Cast, seed: int) -> None:
    acme, globex = cast.acme, cast.globex
    for tenant in (acme, globex):
        tenant.time_zone = "UTC"
        tenant.save()
    log = corpus.LOG.read_bytes()
    read_as_file(acme, corpus.LOG, source="mx1", year=corpus.YEAR)
    api = sender(globex)
    answers = [
        send_lines(api, piece, tenant="globex", query=f"?year={corpus.YEAR}")
        for piece in cut(log, seed=seed, pieces=60)
    ]
    assert events(acme) == events(globex)
    assert sum(answer["lines"] for answer in answers) == log.count(b"\n")
    assert (
        sum(answer["accepted"] for answer in answers),
        sum(answer["event"] for answer in answers),
        sum(answer["evidence"] for answer in answers),
        sum(answer["other"] for answer in answers),
    ) == (sum(stored(globex)), 323, 818, 1209)


@corpus.needs_corpus
@pytest.mark.django_db
def test_real_log_sent_a_line_at_a_time_and_each_line_twice_is_whole(cast: Cast) -> None:
    for tenant in (cast.acme, cast.globex):
        tenant.time_zone = "UTC"
        tenant.save()
    api = sender(cast.globex)
    path = f"tenants/globex/sources/mx1/lines?year={corpus.YEAR}"
    lines = corpus.LOG.read_bytes().splitlines(keepends=True)
    twice = next(number for number, line in enumerate(lines) if b"SASL" in line and lines.count(line) > 1)
    lines = lines[max(0, twice - 60) : twice + 60]
    for number, line in enumerate(lines):
        first, again = (post(api, path, line, Idempotency_Key=f"line {number}") for _ in range(2))
        assert (first.get("Idempotent-Replay"), again.get("Idempotent-Replay")) == (None, "true")
    send_lines(sender(cast.acme), b"".join(lines), query=f"?year={corpus.YEAR}")
    assert events(cast.globex) == events(cast.acme)


@TRANSACTIONAL
def test_two_senders_on_one_source_at_once_lose_and_invent_nothing() -> None:
    cast = make_cast()
    begin = whole_second(minutes_ago=30)
    logs = {
        host: b"".join(
            b"".join(
                line.replace(b" mx ", b" %b " % host.encode(), 1)
                for line in message(
                    begin + timedelta(seconds=number), queue_id=f"4{host[-1]}{number:X}", pid=100 + number % 3
                ).splitlines(keepends=True)
            )
            for number in range(120)
        )
        for host in ("mx1", "mx2")
    }
    failed: list[BaseException] = []

    def send(api: Api, log: bytes, seed: int) -> None:
        try:
            for piece in cut(log, seed=seed, pieces=40):
                send_lines(api, piece, source="both")
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
        finally:
            connections.close_all()

    api = sender(cast.acme)
    threads = [threading.Thread(target=send, args=(api, log, seed)) for seed, log in enumerate(logs.values())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert stored(cast.acme) == (240, 0)
    with tenant_scope([cast.acme.pk]):
        account = LogImport.objects.get()
        queue_ids = set(Submission.objects.values_list("queue_id", flat=True))
    assert queue_ids == {f"4{host}{number:X}" for host in "12" for number in range(120)}
    assert (account.lines, account.submissions_stored, account.submissions_duplicate) == (1200, 240, 0)


@pytest.mark.django_db
def test_file_after_requests_and_requests_after_a_file_go_on_with_the_sessions(
    cast: Cast, tmp_path: Path
) -> None:
    begin = whole_second(minutes_ago=30)
    log = messages(begin.replace(tzinfo=UTC), 30, every=timedelta(seconds=20)).splitlines(keepends=True)
    cast.acme.time_zone = "UTC"
    cast.acme.save()
    api, file = sender(cast.acme), tmp_path / "mail.log"
    send_lines(api, b"".join(log[:48]))
    file.write_bytes(b"".join(log[48:103]))
    assert read_as_file(cast.acme, file, source="mx1").status == ImportStatus.DONE
    send_lines(api, b"".join(log[103:]))
    assert stored(cast.acme) == (30, 0)
    file.write_bytes(b"".join(log))
    again = read_as_file(cast.acme, file, source="mx1")
    assert (again.submissions_stored, again.submissions_duplicate) == (0, 30)


@pytest.mark.django_db
def test_senders_a_few_seconds_apart_are_one_log(cast: Cast) -> None:
    api, at = sender(cast.acme), whole_second()
    early = message(at - timedelta(seconds=40), queue_id="4A", pid=7).splitlines(keepends=True)
    late = message(at, queue_id="4B", pid=8).splitlines(keepends=True)
    for a, b in zip(late, early, strict=True):
        send_lines(api, a)
        send_lines(api, b)
    assert stored(cast.acme) == (2, 0)


@pytest.mark.django_db
def test_year_turns_between_requests(cast: Cast) -> None:
    cast.acme.time_zone = "UTC"
    cast.acme.save()
    api = sender(cast.acme)
    eve = datetime(2026, 12, 31, 23, 59, 50, tzinfo=UTC)
    with travel(eve + timedelta(seconds=5), tick=False):
        send_lines(api, refused_login(eve))
    with travel(eve + timedelta(seconds=25), tick=False):
        send_lines(
            api, refused_login(eve + timedelta(seconds=4)) + refused_login(eve + timedelta(seconds=20))
        )
    with travel(eve + timedelta(days=40), tick=False):
        send_lines(api, refused_login(eve + timedelta(days=40)))
    with tenant_scope([cast.acme.pk]):
        times = list(LoginFailure.objects.order_by("occurred_at").values_list("occurred_at", flat=True))
    assert times == [eve + timedelta(seconds=seconds) for seconds in (0, 4, 20, 40 * 86_400)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("time_zone", "midnight"),
    [
        ("Europe/Berlin", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("America/New_York", datetime(2027, 1, 1, 5, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("minutes", [-10, 10])
def test_session_goes_on_where_the_year_turns_at_another_hour_than_in_utc(
    cast: Cast, time_zone: str, midnight: datetime, minutes: int
) -> None:
    cast.acme.time_zone = time_zone
    cast.acme.save()
    api, at = sender(cast.acme), midnight + timedelta(minutes=minutes)
    log = message(at.astimezone(ZoneInfo(time_zone)), queue_id="4ABC").splitlines(keepends=True)
    with travel(at + timedelta(minutes=1), tick=False):
        assert [send_lines(api, line)["event"] for line in log] == [0, 0, 0, 1, 0]
    with tenant_scope([cast.acme.pk]):
        assert Submission.objects.get().occurred_at == at


@pytest.mark.django_db
def test_source_that_was_silent_for_a_year_goes_on_in_this_one(cast: Cast) -> None:
    cast.acme.time_zone = "UTC"
    cast.acme.save()
    api, first = sender(cast.acme), datetime(2025, 7, 1, 12, tzinfo=UTC)
    for at in (first, first + timedelta(days=230), first + timedelta(days=595)):
        with travel(at + timedelta(minutes=1), tick=False):
            assert send_lines(api, refused_login(at))["accepted"] == 1, at


@pytest.mark.django_db
def test_lines_before_the_kept_days_and_from_the_future_are_told(cast: Cast) -> None:
    now = datetime.now(UTC)
    body = b"".join(
        f"{at.isoformat()} mx postfix/qmgr[9]: 4A: removed\n".encode()
        for at in (now - timedelta(days=100), now, now + timedelta(days=2))
    )
    answer = send_lines(sender(cast.acme), body)
    assert [(one["index"], one["reason"]) for one in answer["rejected"]] == [
        (0, "before_retention"),
        (2, "in_the_future"),
    ]


@TRANSACTIONAL
def test_source_that_is_being_read_for_long_is_a_503_that_says_when_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = make_cast()
    monkeypatch.setattr("insights.ingest.feeds.destinations.PATIENCE", "200ms")
    api, log = sender(cast.acme), messages(whole_second(), 1)
    send_lines(api, stamped(whole_second(), "postfix/qmgr[9]: 4A: removed"))
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.get()
    held, released = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(source.pk)])
            held.set()
            released.wait(30)
        connections.close_all()

    holding = threading.Thread(target=hold)
    holding.start()
    try:
        assert held.wait(30)
        answer = post(api, "tenants/acme/sources/mx1/lines", log, status=503, Idempotency_Key="k")
        assert int(answer["Retry-After"]) > 0
        assert answer.json()["type"] == "urn:smtp-auth-insights:problem:unavailable"
    finally:
        released.set()
        holding.join()
    assert stored(cast.acme) == (0, 0)
    assert send_lines(api, log, Idempotency_Key="k")["accepted"] == 1
