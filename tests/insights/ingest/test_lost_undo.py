"""An undo that the broker lost is asked for again, once in a while, and of no other tenant's import."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from insights.ingest.undo import claim_lost_undos
from insights.models import ImportStatus
from insights.tasks import resume_imports
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.web.import_rows import make_import
from tests.insights.web.week import NOW


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_lost_undo_is_claimed_once_a_while(cast: Cast) -> None:
    long_ago = NOW - timedelta(minutes=16)
    lost = make_import(cast.acme, status=ImportStatus.UNDOING, heartbeat_at=long_ago)
    make_import(cast.acme, status=ImportStatus.UNDOING, heartbeat_at=NOW - timedelta(minutes=14))
    make_import(cast.acme, status=ImportStatus.DONE, heartbeat_at=long_ago)
    make_import(cast.globex, status=ImportStatus.UNDOING, heartbeat_at=long_ago)
    with tenant_scope([cast.acme.pk]):
        assert claim_lost_undos(now=NOW) == [lost.pk]
        assert claim_lost_undos(now=NOW) == []


def test_sweeper_queues_what_waits_and_what_is_to_be_undone(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    make_import(cast.acme, status=ImportStatus.WAITING, stored_file="imports/x")
    make_import(cast.initech, status=ImportStatus.UNDOING, heartbeat_at=NOW - timedelta(hours=1))
    with django_capture_on_commit_callbacks() as queued:
        resume_imports()
    assert len(queued) == 2
