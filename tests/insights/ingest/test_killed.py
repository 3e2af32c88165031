"""An import killed at any moment leaves exact counts; imported again, the file leaves what one run leaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from django.utils import timezone

from insights.ingest.undo import undo_import
from insights.models import ImportStatus, LogImport
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import Kept, assert_recounted, events_of, kept
from tests.insights.ingest.conftest import Bulk
from tests.processes import PATIENCE_SECONDS, manage, start

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
INTERRUPTED = "It was interrupted. What was stored stays; import the file again, nothing is counted twice."


def ingest(path: Path, year: int, *, tenant: str, source: str = "mx1") -> list[str]:
    options = {"--tenant": tenant, "--source": source, "--year": str(year), "--time-zone": "UTC"}
    return ["ingest", str(path), *(word for option in options.items() for word in option)]


def newest(tenant: Tenant) -> LogImport | None:
    with tenant_scope([tenant.pk]):
        return LogImport.objects.order_by("-created_at").first()


def kill_when(ripe: Callable[[], bool], *command: str) -> bool:
    """Kill the command as soon as `ripe`; tell whether it was still running."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    with start("manage.py", *command) as process:
        while process.poll() is None and not ripe():
            assert time.monotonic() < give_up_at
            time.sleep(0.005)
        process.kill()
        process.communicate()
        return process.returncode == -9


def uninterrupted(cast: Cast, path: Path, year: int) -> Kept:
    """Import the log into a tenant of its own, whose days are those of the other."""
    cast.globex.time_zone = cast.acme.time_zone
    cast.globex.save()
    ended = manage(*ingest(path, year, tenant="globex"))
    assert (ended.returncode, ended.stderr) == (0, "")
    return kept(cast.globex, with_ids=False)


def test_import_killed_at_random_moments_leaves_what_one_run_leaves(cast: Cast, bulk: Bulk) -> None:
    path, truth, year = bulk
    rng = Random(9)
    for number in range(3):
        tries = 0

        def ripe() -> bool:
            nonlocal tries
            log_import = newest(cast.acme)
            begun = (
                log_import is not None and log_import.attempts and log_import.status == ImportStatus.RUNNING
            )
            if begun and tries == 0:
                tries = rng.randrange(1, 120)
            tries -= 1 if begun else 0
            return bool(begun) and tries <= 0

        kill_when(ripe, *ingest(path, year, tenant="acme"))
        assert_recounted(cast.acme)
        log_import = newest(cast.acme)
        assert log_import is not None, number
    ended = manage(*ingest(path, year, tenant="acme"))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert kept(cast.acme, with_ids=False) == uninterrupted(cast, path, year)
    assert_recounted(cast.acme)
    with tenant_scope([cast.acme.pk]):
        *killed, last = LogImport.objects.order_by("created_at")
    numbers = last.accounting()
    assert (numbers["events"], numbers["lines"]) == (truth.submissions, truth.lines)
    assert sum(one.accounting()["stored"] for one in (*killed, last)) == truth.submissions
    for one in killed:
        assert (one.status, one.message) in {(ImportStatus.FAILED, INTERRUPTED), (ImportStatus.DONE, "")}
    recount = manage("recount", "--tenant", "acme")
    assert (recount.returncode, recount.stdout.splitlines()[-1][-13:]) == (0, "0 differences")


def test_killed_after_its_first_portion_is_told_and_can_be_undone(cast: Cast, bulk: Bulk) -> None:
    path, truth, year = bulk

    def has_stored() -> bool:
        log_import = newest(cast.acme)
        return log_import is not None and log_import.submissions_stored > 0

    assert kill_when(has_stored, *ingest(path, year, tenant="acme"))
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
