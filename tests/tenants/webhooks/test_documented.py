"""What docs/webhooks.md tells receivers is true: its programs check real messages, its tables name every event."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tenants.models import EventType
from tenants.webhooks.retries import WAITS
from tenants.webhooks.secrets import rotate_secret
from tests.cast import Cast
from tests.tenants.webhooks.receiver import Received, Receiver
from tests.tenants.webhooks.stage import Clock, drain, happen, hook

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def received(cast: Cast, receiver: Receiver) -> tuple[Received, str, str]:
    """A message with two signatures, and both secrets."""
    webhook, old = hook(cast.acme, receiver.url)
    clock = Clock.at_now()
    new = rotate_secret(webhook, now=clock.now)
    happen(cast.acme, clock.now, name="Bericht für Müller")
    drain(clock)
    return receiver.got[0], old, new


@pytest.mark.django_db
def test_program_with_the_library_takes_the_message(received: tuple[Received, str, str]) -> None:
    request, old, new = received
    for secret in (old, new):
        found: dict[str, Any] = {"body": request.body, "headers": request.headers}
        exec(PROGRAMS[0].replace("whsec_…", secret), found)  # noqa: S102  # our own document
        assert found["message"]["data"]["name"] == "Bericht für Müller"


@pytest.mark.django_db
def test_program_without_the_library_tells_genuine_messages(received: tuple[Received, str, str]) -> None:
    request, old, new = received
    found: dict[str, Any] = {}
    exec(PROGRAMS[1], found)  # noqa: S102  # our own document
    is_genuine = found["is_genuine"]
    assert is_genuine(old, request.headers, request.body)
    assert is_genuine(new, request.headers, request.body)
    assert not is_genuine("whsec_" + "A" * 44, request.headers, request.body)
    assert not is_genuine(new, request.headers, request.body + b" ")
    assert not is_genuine(new, request.headers | {"webhook-id": "msg_x"}, request.body)
    assert not is_genuine(new, request.headers | {"webhook-timestamp": "1700000000"}, request.body)


def test_every_event_and_wait_is_documented() -> None:
    assert [event for event in EventType.values if f"| `{event}` |" not in PAGE] == []
    assert [wait.total_seconds() for wait in WAITS] == [5, 30, 120, 600, 3600, 21600, 86400]
    assert "5 s, 30 s, 2 min, 10 min, 1 h, 6 h and 24 h" in PAGE
