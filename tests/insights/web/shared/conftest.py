"""The stage of the pages of shared servers, on the day after its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.cast import Cast
from tests.imports import NOW
from tests.insights.web.shared.stage import Stage, make_stage


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stage(cast: Cast, tmp_path: Path) -> Stage:
    """North's shared server, read."""
    return make_stage(cast, tmp_path)
