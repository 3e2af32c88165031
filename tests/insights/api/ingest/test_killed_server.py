"""The promise of a 2xx: what was acknowledged is there, once, however often the server is killed."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest
from django.db.models import Sum

from insights.models import LogImport, Submission, SubmissionDay
from tenants.api_keys import make_key
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.cast import make_cast
from tests.insights.api.ingest.records import whole_second
from tests.web_server import web_server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
]
BATCHES, RECORDS, KILLS, SENDERS = 200, 1000, 10, 4


@pytest.fixture(autouse=True)
def _clock() -> None:
    """The server has the machine's."""


def test_nothing_acknowledged_is_missing_and_nothing_is_there_twice() -> None:
    cast = make_cast()
    key = make_key(name="sender", scopes=(Scope.INGEST,), tenant=cast.acme)[1]
    begin = whole_second(minutes_ago=600)
    acknowledged: dict[int, dict[str, int]] = {}
    tries = 0
    counting = threading.Lock()

    def batch(number: int) -> bytes:
        at = begin + timedelta(seconds=number)
        return json.dumps(
            [
                {
                    "occurred_at": (at + timedelta(milliseconds=one)).isoformat(),
                    "account": f"user{one % 50}@acme.example",
                    "client_ip": f"192.0.2.{one % 250}",
                    "queue_id": f"{number:X}G{one:X}",
                }
                for one in range(RECORDS)
            ]
        ).encode()

    def send(number: int) -> None:
        nonlocal tries
        body = batch(number)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        if number % 2:
            headers["Idempotency-Key"] = f"batch {number}"
        give_up_at = time.monotonic() + 120
        while time.monotonic() < give_up_at:
            with counting:
                tries += 1
            try:
                answer = httpx.post(
                    f"{server.url}/api/v1/tenants/acme/submissions:batch?source=relay{number % 2}",
                    content=body,
                    headers=headers,
                    timeout=30,
                )
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            if answer.status_code == 200:
                acknowledged[number] = answer.json()
                return
            assert answer.status_code == 503, (answer.status_code, answer.text)
            time.sleep(0.2)
        raise AssertionError(f"batch {number} was never acknowledged")

    with web_server() as server, ThreadPoolExecutor(SENDERS) as pool:
        sent = pool.map(send, range(BATCHES))
        for kill in range(1, KILLS + 1):
            while len(acknowledged) < BATCHES * kill // (KILLS + 1):
                time.sleep(0.01)
            server.kill()
            server.start()
        list(sent)
    assert set(acknowledged) == set(range(BATCHES))
    assert tries > BATCHES, "no request was interrupted"
    assert all(one["accepted"] + one["duplicate"] == RECORDS for one in acknowledged.values())
    with tenant_scope([cast.acme.pk]):
        found = set(Submission.objects.values_list("queue_id", flat=True))
        accounts = LogImport.objects.aggregate(
            stored=Sum("submissions_stored"), duplicate=Sum("submissions_duplicate"), lines=Sum("lines_event")
        )
        assert Submission.objects.count() == len(found) == BATCHES * RECORDS
        assert SubmissionDay.objects.aggregate(Sum("messages"))["messages__sum"] == BATCHES * RECORDS
    assert accounts["stored"] == BATCHES * RECORDS
    assert accounts["lines"] == accounts["stored"] + accounts["duplicate"]
