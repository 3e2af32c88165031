"""Work that goes on beside a test on a database connection of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection

from tests.processes import PATIENCE_SECONDS

T = TypeVar("T")


@contextmanager
def beside(work: Callable[[], T]) -> Iterator[Future[T]]:
    """Run `work` in a thread; leaving waits for its end and raises what it raised.

    What it needs must be committed: the test is a transactional one.
    """

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(run)
        yield future
    future.result()


def until_blocked(future: Future[T]) -> None:
    """Wait until some session of this database waits for a lock; fail when the work ends without."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND NOT granted)"
            )
            (waiting,) = cursor.fetchone()
            if waiting:
                return
            assert not future.done(), "it went on without waiting"
            assert time.monotonic() < give_up_at, "it neither waits nor ends"
            time.sleep(0.01)
