"""Read ahead: a process of its own parses the next portion while the database stores this one."""

from __future__ import annotations

import pickle
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Full, Queue
from threading import Event, Thread
from typing import IO, Final

from insights.ingest.plan import Plan
from insights.ingest.portions import Portion
from insights.ingest.reader import SIZE
from insights.ingest.spare import is_large, reading_process

PORTIONS_AHEAD: Final = 2
"""How many portions may wait here, so that neither side waits for the other where one of them takes longer."""


class ReaderDied(RuntimeError):
    """The reading process ended without a word; the import can be run again and goes on where it committed."""


@contextmanager
def read_ahead(file: Path, *, log_format: str) -> Iterator[Callable[[Plan], Iterator[Portion]]]:
    """Give what reads a plan for `file`: its portions in order; what the reading raises is raised among them.

    A large file is read by a process, at most three portions ahead, which starts and gets its parser ready now, before
    its plan is made; leaving the block ends it.
    """
    if not is_large(file):
        yield Plan.read
        return
    with reading_process(log_format) as process:
        try:
            yield partial(_portions, process)
        finally:
            process.kill()


def _portions(process: subprocess.Popen[bytes], plan: Plan) -> Iterator[Portion]:
    if process.stdin is None or process.stdout is None:
        raise ReaderDied("The reading process has no pipes.")
    with process.stdin as to_reader:
        pickle.dump(plan, to_reader)
    waiting: Queue[bytes] = Queue(PORTIONS_AHEAD)
    is_wanted = Event()
    is_wanted.set()
    Thread(target=_fetch, args=(process.stdout, waiting, is_wanted), daemon=True).start()
    try:
        while pickled := waiting.get():
            item: Portion | Exception | None = pickle.loads(pickled)  # noqa: S301 - from our own child process
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item
        raise ReaderDied(f"The reading process ended with {process.wait()}.")
    finally:
        is_wanted.clear()


def _fetch(pipe: IO[bytes], waiting: Queue[bytes], is_wanted: Event) -> None:
    """Put what comes through the pipe where it waits, so that the reader goes on; b"" when nothing more comes."""
    pickled = b"more"
    while pickled:
        size = pipe.read(SIZE.size)
        pickled = pipe.read(SIZE.unpack(size)[0]) if len(size) == SIZE.size else b""
        while is_wanted.is_set():
            with suppress(Full):
                waiting.put(pickled, timeout=1)
                break
        else:
            return
