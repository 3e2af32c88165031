"""Hypothesis: however a log is split into files, and however often they come, the rows are those of the whole."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.models import ImportStatus
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, kept, lines_in
from tests.insights.ingest.lines import message, refused_login, stamped

HEADER = re.compile(rb"^Nov \d\d [\d:]{8} mx \S+: ", re.MULTILINE)
AT = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


def session(number: int, *, minutes: int, kind: str) -> bytes:
    """Return the lines of one thing that happens, over midnight in Berlin."""
    at = AT + timedelta(minutes=minutes)
    if kind == "message":
        return message(
            at, queue_id=f"{0xC00000 + number:X}", account=f"user{number % 3}@acme.example", pid=300 + number
        )
    if kind == "refused":
        return refused_login(at, pid=300 + number) * 2
    return stamped(at, f"dovecot: imap-login: Login: user=<user{number}>")


@st.composite
def logs(draw: st.DrawFn) -> tuple[bytes, list[int], list[int]]:
    """Draw a log, the bytes at which it is split into up to four files, and the files that come twice.

    A file without any time stamp, less than a line, cannot be known again: it comes once.
    """
    kinds = draw(
        st.lists(st.sampled_from(["message", "message", "refused", "other"]), min_size=2, max_size=9)
    )
    steps = draw(st.lists(st.integers(1, 90), min_size=len(kinds), max_size=len(kinds)))
    minutes = list(itertools.accumulate(steps))
    log = b"".join(session(n, minutes=minutes[n], kind=kind) for n, kind in enumerate(kinds))
    places = draw(st.lists(st.integers(1, len(log) - 1), max_size=3, unique=True))
    repeats = draw(st.lists(st.integers(0, 3), max_size=3))
    return log, sorted(places), repeats


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=logs())
def test_any_split_and_any_repetition_leave_the_rows_of_the_whole(
    cast: Cast, tmp_path: Path, drawn: tuple[bytes, list[int], list[int]]
) -> None:
    log, places, repeats = drawn
    parts = [log[begin:end] for begin, end in itertools.pairwise([0, *places, len(log)])]
    with transaction.atomic():
        import_bytes(cast.acme, tmp_path, log, year=2026)
        whole = kept(cast.acme, with_ids=False)
        transaction.set_rollback(True)
    with transaction.atomic():
        read = 0
        for number, part in enumerate(parts):
            came = import_bytes(cast.acme, tmp_path, part, year=2026 if number == 0 else None)
            read += came.lines
            for repeat in repeats:
                if repeat == number and HEADER.search(part) and came.status == ImportStatus.DONE:
                    import_bytes(cast.acme, tmp_path, part, year=2026)
        if not repeats:
            assert read == lines_in(log)
        assert kept(cast.acme, with_ids=False) == whole
        assert_recounted(cast.acme)
        transaction.set_rollback(True)
