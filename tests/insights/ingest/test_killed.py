"""An import killed at any moment leaves exact counts; imported again, the file leaves what one run leaves."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random
from signal import SIGKILL

import pytest
from django.utils import timezone

from insights.ingest.undo import undo_import
from insights.models import ImportStatus, LogImport
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import Kept, assert_recounted, events_of, import_file, kept
from tests.insights.ingest.conftest import Bulk
from tests.processes import MANAGE_SLOWLY, PATIENCE_SECONDS, manage, start, until

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]
INTERRUPTED = "It was interrupted. What was stored stays; import the file again, nothing is counted twice."


def ingest(path: Path, year: int, *, tenant: str, source: str = "mx1") -> list[str]:
    options = {"--tenant": tenant, "--source": source, "--year": str(year), "--time-zone": "UTC"}
    return ["ingest", str(path), *(word for option in options.items() for word in option)]


def newest(tenant: Tenant) -> LogImport | None:
    with tenant_scope([tenant.pk]):
        return LogImport.objects.order_by("-created_at").first()


def kill(tenant: Tenant, *command: str, stored: int = 0, after_seconds: float = 0) -> int:
    """Kill the import that long after it has stored as much, if it still runs; return how it ended."""
    before = newest(tenant)

    def is_ripe() -> bool:
        log_import = newest(tenant)
        return (
            log_import is not None
            and log_import != before
            and log_import.status != ImportStatus.WAITING
            and log_import.submissions_stored >= stored
        )

    with start(*MANAGE_SLOWLY, *command) as process:
        until(is_ripe, process=process)
        time.sleep(after_seconds)
        process.kill()
        # Both pipes end only when the reading process has ended as well.
        process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode


def uninterrupted(cast: Cast, bulk: Bulk) -> Kept:
    """Import the log into a tenant of its own, whose days are those of the other."""
    cast.globex.time_zone = cast.acme.time_zone
    cast.globex.save()
    import_file(cast.globex, bulk.path, year=bulk.year, now=timezone.now())
    return kept(cast.globex, with_ids=False)


def test_import_killed_at_random_moments_leaves_what_one_run_leaves(cast: Cast, bulk: Bulk) -> None:
    path, truth, year = bulk
    rng = Random(9)
    for number in range(3):
        kill(cast.acme, *ingest(path, year, tenant="acme"), after_seconds=rng.random() * 1.8)
        assert_recounted(cast.acme)
        with tenant_scope([cast.acme.pk]):
            assert LogImport.objects.count() == number + 1
    ended = manage(*ingest(path, year, tenant="acme"))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert kept(cast.acme, with_ids=False) == uninterrupted(cast, bulk)
    assert_recounted(cast.acme)
    with tenant_scope([cast.acme.pk]):
        *killed, last = LogImport.objects.order_by("created_at")
    numbers = last.accounting()
    assert (numbers["events"], numbers["lines"]) == (truth.submissions, truth.lines)
    assert sum(one.accounting()["stored"] for one in (*killed, last)) == truth.submissions
    for one in killed:
        assert (one.status, one.message) in {(ImportStatus.FAILED, INTERRUPTED), (ImportStatus.DONE, "")}


def test_killed_after_its_first_portion_is_told_and_can_be_undone(cast: Cast, bulk: Bulk) -> None:
    path, truth, year = bulk

    ended = kill(cast.acme, *ingest(path, year, tenant="acme"), stored=1)
    assert ended == -SIGKILL
    killed = newest(cast.acme)
    assert killed is not None
    part = killed.submissions_stored
    assert 0 < part < truth.submissions
    assert manage(*ingest(path, year, tenant="acme")).returncode == 0
    again = newest(cast.acme)
    assert again is not None
    assert (again.submissions_stored, again.submissions_duplicate) == (truth.submissions - part, part)
    with tenant_scope([cast.acme.pk]):
        killed.refresh_from_db()
        assert (killed.status, killed.message) == (ImportStatus.FAILED, INTERRUPTED)
        undone = undo_import(killed, now=timezone.now())
    assert (undone.removed, undone.read_again) == (part, [(path.name, part)])
    assert_recounted(cast.acme)
    assert manage(*ingest(path, year, tenant="acme")).returncode == 0
    assert events_of(cast.acme) == truth.submissions
    assert_recounted(cast.acme)
