"""The clock of the commands: no test goes on over midnight, and yesterday is of the year of the day before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.imports import NOW


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield
