"""Batches of a source are stored in order, again when the database was away, and without the line that cannot be."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import OperationalError

from insights.ingest.listening import storing
from insights.ingest.listening.backlog import BATCH_LINES, Backlog, Line
from insights.ingest.listening.deposit import Batch, RouteGone
from insights.ingest.listening.drops import Drops
from insights.ingest.listening.routes import Route
from insights.ingest.listening.storing import Storing

ONE, OTHER = (Route(UUID(int=number), UUID(int=number), f"mx{number}", "postfix") for number in (1, 2))
pytestmark = pytest.mark.django_db


class Shelf:
    """Takes batches; `trouble` says what happens to one instead."""

    def __init__(self, trouble: Callable[[Route, list[bytes]], Exception | None]) -> None:
        self.kept: dict[Route, list[bytes]] = {ONE: [], OTHER: []}
        self._trouble, self._lock = trouble, threading.Lock()

    def store(self, route: Route, batch: Batch) -> None:
        texts = [line.text for line in batch.lines]
        with self._lock:
            if (error := self._trouble(route, texts)) is not None:
                raise error
            self.kept[route] += texts


def run(shelf: Shelf, lines: dict[Route, list[bytes]], *, patience: float = 60) -> tuple[bool, int, Drops]:
    """Store these lines; return whether all of them were, how many, and what was dropped."""
    drops, backlog = Drops(), Backlog()

    async def store() -> tuple[bool, int]:
        with ThreadPoolExecutor(2) as executor:
            running = Storing(backlog, shelf.store, executor=executor, drops=drops)
            for route, texts in lines.items():
                for text in texts:
                    backlog.put(route, Line(text, len(text)))
                running.notice(route)
            return await running.finish(patience=patience), running.stored

    is_stored, count = asyncio.run(store())
    assert (backlog.weight, len(backlog)) == (0, 0)
    return is_stored, count, drops


def numbered(count: int) -> list[bytes]:
    return [b"%d" % number for number in range(count)]


def test_lines_of_each_source_are_stored_in_order() -> None:
    shelf = Shelf(lambda _route, _texts: None)
    lines = {ONE: numbered(2 * BATCH_LINES + 7), OTHER: numbered(5)}
    assert run(shelf, lines)[:2] == (True, 2 * BATCH_LINES + 12)
    assert shelf.kept == lines


def test_line_that_cannot_be_stored_is_found_and_the_others_are_stored_in_order() -> None:
    bad = {b"17", b"902"}
    shelf = Shelf(lambda _route, texts: ValueError("bad") if bad & set(texts) else None)
    is_stored, count, drops = run(shelf, {ONE: numbered(1_000)})
    assert (is_stored, count, drops.total) == (True, 998, {"unstorable": 2})
    assert shelf.kept[ONE] == [text for text in numbered(1_000) if text not in bad]


def test_lines_wait_while_the_database_is_away_and_those_of_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storing, "FIRST_PAUSE", 0.01)
    tries = [OperationalError("away"), OperationalError("away")]
    shelf = Shelf(lambda route, _texts: tries.pop() if route == ONE and tries else None)
    lines = {ONE: numbered(20), OTHER: numbered(20)}
    is_stored, count, drops = run(shelf, lines)
    assert (is_stored, count, drops.total) == (True, 40, {})
    assert shelf.kept == lines


def test_what_is_not_stored_at_the_end_is_counted_as_lost() -> None:
    shelf = Shelf(lambda route, _texts: OperationalError("away") if route == ONE else None)
    lines = {ONE: numbered(BATCH_LINES + 3), OTHER: numbered(4)}
    is_stored, count, drops = run(shelf, lines, patience=2)
    assert (is_stored, count, drops.total) == (False, 4, {"at_exit": BATCH_LINES + 3})
    assert drops.take_sources() == {(ONE, "at_exit"): (BATCH_LINES + 3, "")}


def test_lines_of_a_source_that_is_gone_are_counted() -> None:
    shelf = Shelf(lambda route, _texts: RouteGone("gone") if route == ONE else None)
    is_stored, count, drops = run(shelf, {ONE: numbered(9), OTHER: numbered(4)})
    assert (is_stored, count, drops.total) == (True, 4, {"unknown_sender": 9})
