"""The real log imported again adds nothing; cut in two at any byte it leaves the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from django.db import transaction

from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, import_file, imported, kept, lines_in
from tests.insights.ingest import corpus

pytestmark = corpus.needs_corpus


@contextmanager
def rolled_back() -> Iterator[None]:
    """Take back everything that is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("year", [corpus.YEAR, None])
def test_the_same_file_again_adds_nothing(cast: Cast, year: int | None) -> None:
    first = import_file(cast.acme, corpus.LOG, year=corpus.YEAR)
    before = kept(cast.acme)
    again = import_file(cast.acme, corpus.LOG, year=year)
    assert again.status == "done"
    numbers, numbers_before = again.accounting(), first.accounting()
    assert (numbers["stored"], numbers["duplicate"]) == (0, numbers_before["stored"])
    assert [numbers[kind] for kind in ("lines", "event", "evidence", "other")] == [
        numbers_before[kind] for kind in ("lines", "event", "evidence", "other")
    ]
    assert kept(cast.acme) == before
    assert_recounted(cast.acme)


def cuts(data: bytes) -> list[int]:
    """Return places to cut at: the very ends, before and after a line's end, and bytes drawn at random."""
    rng = Random(20261123)
    border = data.index(b"\n", rng.randrange(len(data)))
    return [1, len(data) - 1, border, border + 1, *(rng.randrange(len(data)) for _ in range(21))]


def test_cut_in_two_at_any_byte_leaves_the_same_rows(cast: Cast, tmp_path: Path) -> None:
    data = corpus.LOG.read_bytes()
    with rolled_back():
        import_file(cast.acme, corpus.LOG, year=corpus.YEAR)
        whole = kept(cast.acme, with_ids=False)
    for cut in cuts(data):
        with rolled_back():
            first = import_bytes(cast.acme, tmp_path, data[:cut], year=corpus.YEAR)
            second = imported(cast.acme, tmp_path, data[cut:])
            assert first.lines + second.lines == lines_in(data), cut
            assert second.held_bytes == 0
            assert kept(cast.acme, with_ids=False) == whole, cut
            assert_recounted(cast.acme)
