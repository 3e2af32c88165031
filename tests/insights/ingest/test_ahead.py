"""A large log is read by a process of its own, with the same result and the same errors as in this one."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from insights.demo.bulk import write_bulk
from insights.ingest import spare
from insights.ingest.ahead import ReaderDied, read_ahead
from insights.ingest.errors import BrokenInput, YearRequired
from insights.ingest.plan import Plan

START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A plan whose file counts as large."""
    monkeypatch.setattr(spare, "WORTH_A_PROCESS", 1)
    file = tmp_path / "mail.log"
    write_bulk(file, start=START, seed=1, submissions=500, users=50, days=3)
    return Plan(
        file=file,
        shown_name="mail.log",
        format="postfix",
        source_key="source",
        time_zone="UTC",
        year=2026,
        earliest=START - timedelta(days=1),
        latest=START + timedelta(days=30),
        state=None,
        skip_bytes=0,
    )


def test_portions_of_a_process_equal_those_read_here(plan: Plan) -> None:
    with read_ahead(plan.file, log_format=plan.format) as reading:
        assert list(reading(plan)) == list(plan.read())


def test_error_of_a_process_arrives_whole_and_in_its_place(plan: Plan) -> None:
    packed = plan.file.with_suffix(".gz")
    packed.write_bytes(gzip.compress(plan.file.read_bytes())[:-2000])
    with read_ahead(packed, log_format=plan.format) as reading:
        ready = reading(replace(plan, file=packed))
        assert next(ready).counts.lines > 1000
        with pytest.raises(BrokenInput, match=r"mail\.log is damaged or ends early") as raised:
            next(ready)
    assert raised.value.hint


def test_missing_year_is_told_as_such(plan: Plan) -> None:
    with read_ahead(plan.file, log_format=plan.format) as reading, pytest.raises(YearRequired):
        next(reading(replace(plan, year=None)))


def test_process_that_dies_is_no_end_of_the_log(plan: Plan) -> None:
    with read_ahead(plan.file, log_format=plan.format) as reading, pytest.raises(ReaderDied):
        next(reading(replace(plan, format="unheard of")))
