"""A reading process that gets ready while Django does, for the command that will need one.

Django takes as long to start as a second of log takes to be read, and the machine has another core.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

WORTH_A_PROCESS = 8 * 1024 * 1024
"""Bytes of a file from which a second process pays; a smaller one is read before Python has started."""
_ROOT = Path(__file__).resolve().parents[2]
_ready: list[subprocess.Popen[bytes]] = []


def is_large(file: Path) -> bool:
    """Tell whether a file is to be read by a process of its own."""
    try:
        return file.is_file() and file.stat().st_size >= WORTH_A_PROCESS
    except OSError:
        return False


def make_ready(arguments: Sequence[str]) -> None:
    """Start a reading process if the arguments of `ingest` name a large file; nobody has to use it."""
    if any(is_large(Path(argument)) for argument in arguments):
        _ready.append(_start(_format_of(arguments)))
        atexit.register(_end_unused)


def reading_process(log_format: str) -> subprocess.Popen[bytes]:
    """Return a process that waits for its plan: the one that is ready, or a new one. The caller ends it."""
    return _ready.pop() if _ready else _start(log_format)


def _end_unused() -> None:
    while _ready:
        with _ready.pop() as process:
            process.kill()


def _format_of(arguments: Sequence[str]) -> str:
    """Return the format that the arguments name; the reader only begins with it, and its plan may say another."""
    named = [after for option, after in pairwise(arguments) if option == "--format"]
    return named[-1] if named else "postfix"


def _start(log_format: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "insights.ingest.reader", log_format],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
