"""`follow` killed at any moment while its log is rotated: every message is there, once.

A few rounds here; FOLLOW_ROUNDS=200 asks for as many as were promised.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from insights.models import FollowedFile, ImportKind, LogImport, Submission
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted
from tests.insights.ingest.follow.rotation import RotatedLog
from tests.insights.ingest.lines import message
from tests.processes import manage, start, until

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]
ROUNDS = int(os.environ.get("FOLLOW_ROUNDS", "4"))
BURST = 40


def queue_ids(tenant: Tenant) -> list[str]:
    with tenant_scope([tenant.pk]):
        return sorted(Submission.objects.values_list("queue_id", flat=True))


def write_burst(log: RotatedLog, at: datetime, first: int, random: Random) -> None:
    """Write messages, with rotations between them and lines that are written in two parts."""
    for number in range(first, first + BURST):
        data = message(
            at + timedelta(seconds=number), queue_id=f"{0xA00000 + number:X}", pid=100 + number % 7
        )
        cut = random.randrange(len(data))
        log.append(data[:cut])
        if not random.randrange(4):
            time.sleep(0.005)
        log.append(data[cut:])
        if not random.randrange(15):
            log.rotate(random)


def test_killed_and_rotated_log_is_stored_exactly(cast: Cast, tmp_path: Path) -> None:
    random = Random(5)
    log = RotatedLog(tmp_path / "mail.log")
    command = (
        "follow",
        log.path,
        "--tenant",
        "acme",
        "--source",
        "mx1",
        "--time-zone",
        "UTC",
        "--from-start",
    )
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=10)
    written = 0
    for _round in range(ROUNDS):
        with start("manage.py", *command, "--interval", "0.02") as process:
            before = len(queue_ids(cast.acme))
            write_burst(log, at, written, random)
            written += BURST
            if random.randrange(2):
                until(lambda before=before: len(queue_ids(cast.acme)) > before, process=process)  # type: ignore[misc]
            time.sleep(random.random() * 0.3)
            process.kill()
            process.communicate()
    ended = manage(*command, "--once")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert queue_ids(cast.acme) == sorted(f"{0xA00000 + number:X}" for number in range(written))
    with tenant_scope([cast.acme.pk]):
        accounts = list(LogImport.objects.all())
        assert {one.kind for one in accounts} == {ImportKind.FOLLOWED}
        numbers = [one.accounting() for one in accounts]
        assert sum(one["lines"] for one in numbers) == log.written.count(b"\n")
        assert sum(one["stored"] for one in numbers) == written
        assert sum(one["duplicate"] for one in numbers) == 0
        assert FollowedFile.objects.get().path == str(log.path)
    assert_recounted(cast.acme)
