"""The clock of what is sent: a day has an account and a second an event, so none of them ends within a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.imports import NOW


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
