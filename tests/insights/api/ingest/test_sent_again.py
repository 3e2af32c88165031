"""Requests that are sent again: the first answer, once and for all."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from insights.ingest.undo import undo_import
from insights.models import IngestAnswer, LogImport
from insights.retention import apply_retention
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.insights.api.ingest.records import submission, whole_second
from tests.insights.api.ingest.senders import post, send_batch, send_lines, sender, stored
from tests.insights.ingest.lines import messages

pytestmark = pytest.mark.django_db
BATCH = "tenants/acme/submissions:batch?source=relay"


def test_same_key_and_body_get_the_first_answer(cast: Cast) -> None:
    api, body = sender(cast.acme), [submission(1), submission(2, client_ip="x")]
    first = send_batch(api, body, Idempotency_Key="batch 1")
    assert first["accepted"] == 1
    assert send_batch(api, body, Idempotency_Key="batch 1") == first
    assert send_batch(api, body, Idempotency_Key="batch 2") == {**first, "accepted": 0, "duplicate": 1}
    with tenant_scope([cast.acme.pk]):
        account = LogImport.objects.get()
    assert (account.lines, account.submissions_stored, account.submissions_duplicate) == (4, 1, 1)


def test_replay_says_that_it_is_one(cast: Cast) -> None:
    api, body = (
        sender(cast.acme),
        b'{"occurred_at": "%s", "account": "a@acme.example"}' % (whole_second().isoformat().encode()),
    )
    first, again = (
        post(api, BATCH, body, media_type="application/x-ndjson", Idempotency_Key="k") for _ in range(2)
    )
    assert (first.get("Idempotent-Replay"), again.get("Idempotent-Replay")) == (None, "true")
    assert first.json() == again.json()


def test_same_key_with_another_request_is_a_422_and_stores_nothing(cast: Cast) -> None:
    api = sender(cast.acme)
    send_batch(api, [submission(1)], Idempotency_Key="k")
    for other in ({"records": [submission(2)]}, {"records": [submission(1)], "source": "other"}):
        problem = send_batch(api, status=422, Idempotency_Key="k", **other)
        assert [error["field"] for error in problem["errors"]] == ["Idempotency-Key"]
        assert problem["type"].endswith(":idempotency-key-reused")
    log = messages(whole_second(), 1)
    post(api, "tenants/acme/sources/mx1/lines", log, status=422, Idempotency_Key="k")
    assert stored(cast.acme) == (1, 0)


def test_key_is_the_clients_own(cast: Cast) -> None:
    assert send_batch(sender(cast.acme), [submission(1)], Idempotency_Key="k")["accepted"] == 1
    assert send_batch(sender(cast.acme), [submission(2)], Idempotency_Key="k")["accepted"] == 1
    assert (
        send_batch(sender(cast.globex), [submission(3)], tenant="globex", Idempotency_Key="k")["accepted"]
        == 1
    )


def test_refused_request_leaves_its_key_free(cast: Cast) -> None:
    api = sender(cast.acme)
    send_batch(api, [{}], status=400, Idempotency_Key="k")
    assert send_batch(api, [submission(1)], Idempotency_Key="k")["accepted"] == 1


@pytest.mark.parametrize("key", ["", "a" * 256, "ü", "a\tb"])
def test_key_must_be_printable(cast: Cast, key: str) -> None:
    problem = send_batch(sender(cast.acme), [submission()], status=400, Idempotency_Key=key)
    assert [error["field"] for error in problem["errors"]] == ["Idempotency-Key"]


def test_answers_are_forgotten_after_a_day(cast: Cast) -> None:
    api, now = sender(cast.acme), timezone.now()
    send_batch(api, [submission(1)], Idempotency_Key="k")
    with tenant_scope([cast.acme.pk]):
        apply_retention(cast.acme, now=now + timedelta(hours=23))
        assert IngestAnswer.objects.count() == 1
        apply_retention(cast.acme, now=now + timedelta(hours=25))
        assert not IngestAnswer.objects.exists()


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k"}])
def test_what_was_undone_is_taken_when_it_is_sent_again(cast: Cast, key: dict[str, str]) -> None:
    api, log = sender(cast.acme), messages(whole_second(), 3)
    first = send_lines(api, log, **key)
    events = send_batch(api, [submission(1)], Idempotency_Key="b")
    assert (first["accepted"], events["accepted"]) == (3, 1)
    for answer in (first, events):
        with tenant_scope([cast.acme.pk]):
            undo_import(LogImport.objects.get(pk=answer["import"]), now=timezone.now())
    assert send_lines(api, log, **key)["accepted"] == 3
    assert send_batch(api, [submission(1)], Idempotency_Key="b")["accepted"] == 1
    assert stored(cast.acme) == (4, 0)


def test_lines_that_went_with_another_import_are_taken_when_they_are_sent_again(cast: Cast) -> None:
    api, log = sender(cast.acme), messages(whole_second(), 3)
    first = send_lines(api, log)
    again = send_lines(api, log + log[: log.index(b"\n") + 1])
    assert again["duplicate"] == 3
    with tenant_scope([cast.acme.pk]):
        undo_import(LogImport.objects.get(pk=first["import"]), now=timezone.now())
    assert send_lines(api, log + log[: log.index(b"\n") + 1])["accepted"] == 3


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_same_key_at_the_same_time_stores_once() -> None:
    cast = make_cast()
    api, body = sender(cast.acme), [submission(number) for number in range(500)]
    answers = []
    start = threading.Barrier(4)

    def send() -> None:
        start.wait()
        try:
            answers.append(send_batch(api, body, Idempotency_Key="k"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer["accepted"] for answer in answers] == [500] * 4
    with tenant_scope([cast.acme.pk]):
        account = LogImport.objects.get()
    assert (account.submissions_stored, account.submissions_duplicate) == (500, 0)
    assert connection.get_autocommit()
