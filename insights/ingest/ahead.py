"""Read ahead: a process of its own parses the next portion while the database stores this one."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from insights.ingest.plan import Plan
from insights.ingest.portions import Portion

WORTH_A_PROCESS = 8 * 1024 * 1024
"""Bytes of a file from which a second process pays; a smaller one is read before Python has started."""
_ROOT = Path(__file__).resolve().parents[2]


class ReaderDied(RuntimeError):
    """The reading process ended without a word; the import can be run again and goes on where it committed."""


@contextmanager
def read_ahead(file: Path, *, log_format: str) -> Iterator[Callable[[Plan], Iterator[Portion]]]:
    """Give what reads a plan for `file`: its portions in order; what the reading raises is raised among them.

    A large file is read by a process, at most one portion ahead, which starts and gets its parser ready now, before
    its plan is made; leaving the block ends it.
    """
    if not file.is_file() or file.stat().st_size < WORTH_A_PROCESS:
        yield Plan.read
        return
    process = subprocess.Popen(
        [sys.executable, "-m", "insights.ingest.reader", log_format],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        try:
            yield partial(_portions, process)
        finally:
            process.kill()


def _portions(process: subprocess.Popen[bytes], plan: Plan) -> Iterator[Portion]:
    if process.stdin is None or process.stdout is None:
        raise ReaderDied("The reading process has no pipes.")
    with process.stdin as to_reader:
        pickle.dump(plan, to_reader)
    while True:
        try:
            item: Portion | Exception | None = pickle.load(process.stdout)  # noqa: S301 - from our own child process
        except EOFError as error:
            raise ReaderDied(f"The reading process ended with {process.wait()}.") from error
        if item is None:
            return
        if isinstance(item, Exception):
            raise item
        yield item
