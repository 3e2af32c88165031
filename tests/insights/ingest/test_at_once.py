"""Imports of one source follow each other; those of several sources run at once; the sums stay exact."""

from __future__ import annotations

import json

import pytest

from insights.models import LogImport
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_adds_up, assert_recounted, events_of
from tests.insights.ingest.conftest import Bulk
from tests.processes import MANAGE_SLOWLY, PATIENCE_SECONDS, start, until

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]


def test_two_imports_of_a_source_and_one_of_another_at_once(cast: Cast, bulk: Bulk) -> None:
    command = (
        *MANAGE_SLOWLY,
        "ingest",
        bulk.path,
        "--tenant=acme",
        "--time-zone=UTC",
        f"--year={bulk.year}",
        "--json",
    )

    def is_stored() -> bool:
        with tenant_scope([cast.acme.pk]):
            return LogImport.objects.filter(submissions_stored__gt=0).exists()

    with start(*command, "--source=mx1") as first, start(*command, "--source=mx2") as other:
        until(is_stored, process=first)
        with start(*command, "--source=mx1") as second:
            ended = [process.communicate(timeout=PATIENCE_SECONDS) for process in (first, second, other)]
    numbers = [json.loads(out)["submissions"] for out, _ in ended]
    whole = bulk.truth.submissions
    assert [process.returncode for process in (first, second, other)] == [0, 0, 0]
    assert sorted((n["stored"], n["duplicate"]) for n in numbers) == [(0, whole), (whole, 0), (whole, 0)]
    assert events_of(cast.acme) == 2 * whole
    assert_recounted(cast.acme)
    with tenant_scope([cast.acme.pk]):
        for log_import in LogImport.objects.all():
            assert_adds_up(log_import)
