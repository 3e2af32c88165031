"""Real processes: beat and a worker send by themselves, and a sender that is killed loses nothing."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import uuid4

import pytest

from tenants.models import DeliveryState
from tests.cast import Cast
from tests.processes import PATIENCE_SECONDS, ends_well, start, until
from tests.tenants.webhooks.receiver import Receiver, Reply
from tests.tenants.webhooks.stage import Clock, happen, hook, only_delivery

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]
SEND = ("manage.py", "shell", "--verbosity", "0", "-c", "from tenants.tasks import send_webhooks as s; s()")
ALLOWED = {"WEBHOOK_ALLOW_PRIVATE": "true"}


def test_beat_and_worker_send_and_try_again_by_themselves(
    cast: Cast, receiver: Receiver, tmp_path: Path
) -> None:
    """Nothing is queued here: the row alone is enough."""
    _webhook, secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(503), Reply()]
    happen(cast.acme, Clock.at_now().on(seconds=-2), name="Weekly")
    worker = (
        *("-m", "celery", "-A", "project.celery", "worker", "--beat", "--schedule", tmp_path / "beat"),
        *("--concurrency", "1", "--loglevel", "ERROR"),
    )
    with start(
        *worker, CELERY_KEY_PREFIX=f"test-{uuid4().hex}-", PYTHONWARNINGS="default", **ALLOWED
    ) as process:
        try:
            until(lambda: only_delivery().state == DeliveryState.DELIVERED, process=process)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_SECONDS)
    assert [one["status"] for one in only_delivery().tries] == [503, 204]
    assert [request.verified(secret)["data"]["name"] for request in receiver.got] == ["Weekly", "Weekly"]


def test_sender_that_is_killed_while_the_receiver_thinks_is_followed_by_another(
    cast: Cast, receiver: Receiver
) -> None:
    hook(cast.acme, receiver.url)
    receiver.replies = [Reply(waits=20), Reply()]
    # Due before the sender looks, however quickly it starts.
    happen(cast.acme, Clock.at_now().on(seconds=-2))
    with start(*SEND, **ALLOWED) as process:
        until(lambda: bool(receiver.got), process=process)
        process.kill()
        process.communicate()
    waiting = only_delivery()
    assert (waiting.state, waiting.attempts, waiting.tries) == (DeliveryState.WAITING, 1, [])
    assert waiting.next_attempt_at is not None
    time.sleep(max(0.0, waiting.next_attempt_at.timestamp() - time.time()))
    with start(*SEND, **ALLOWED) as process:
        ends_well(process)
    assert (only_delivery().state, only_delivery().attempts) == (DeliveryState.DELIVERED, 2)
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
