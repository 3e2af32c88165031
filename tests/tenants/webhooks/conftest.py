"""Fixtures of the tests of webhooks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.tenants.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: object) -> Iterator[Receiver]:
    """A receiver on loopback, which the settings allow for this test."""
    settings.WEBHOOK_ALLOW_PRIVATE = True  # type: ignore[attr-defined]
    with receiving() as running:
        yield running
