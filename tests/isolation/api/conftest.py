"""The stage of the API's matrix: the world of the pages, with keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings

from tests.isolation.api.stage import Stage, make_stage
from tests.isolation.world import World


@pytest.fixture(scope="package")
def furnished(stage: World) -> Iterator[Stage]:
    """The stage, built once, and taken down before other tests of isolation go on."""
    before = transaction.savepoint()
    # The clock of these tests stands still, so that no bucket would ever fill again.
    with override_settings(API_REQUESTS_A_MINUTE=10**9, API_BATCHES_A_MINUTE=10**9):
        yield make_stage(stage)
    transaction.savepoint_rollback(before)


@pytest.fixture
def api(furnished: Stage, world: World) -> Stage:
    """The stage of this test alone: what it changes is taken back."""
    return furnished
