"""`python -m insights.ingest.reader FORMAT`: read a log in a process of its own, for `insights.ingest.ahead`.

A pickled plan comes in; pickled portions go out, each after its
size, then None or the error that ended the reading. Both ends of the
pipe are this program. Knows no Django and no database, so that it is there at once.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
from struct import Struct
from typing import IO, Final

from insights.ingest.errors import IngestError
from insights.ingest.formats import FORMATS
from insights.ingest.plan import Plan

SIZE: Final = Struct(">Q")
"""What stands before each pickled item: how many bytes it has."""


def main() -> None:
    """Read until the log ends or nobody listens any more."""
    # Nothing here refers to itself, while tens of thousands of records live until their portion is written.
    gc.set_threshold(100_000)
    if sys.argv[1] in FORMATS:
        FORMATS[sys.argv[1]]  # imported while the plan is made
    try:
        plan: Plan = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent process
    except EOFError:
        return  # started in advance, and not needed
    out = sys.stdout.buffer
    try:
        try:
            for portion in plan.read():
                _send(portion, out)
            last: IngestError | OSError | None = None
        except (IngestError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            last = error
        _send(last, out)
    except BrokenPipeError:
        # The import was stopped. Python would complain once more when it closes the pipe on its way out.
        os._exit(0)


def _send(item: object, out: IO[bytes]) -> None:
    pickled = pickle.dumps(item, protocol=pickle.HIGHEST_PROTOCOL)
    out.write(SIZE.pack(len(pickled)))
    out.write(pickled)
    out.flush()


if __name__ == "__main__":
    main()
