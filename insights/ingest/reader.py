"""`python -m insights.ingest.reader FORMAT`: read a log in a process of its own, for `insights.ingest.ahead`.

A pickled plan comes in; pickled portions go out, then None or the error that ended the reading. Both ends of the
pipe are this program. Knows no Django and no database, so that it is there at once.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys

from insights.ingest.errors import IngestError
from insights.ingest.formats import FORMATS
from insights.ingest.plan import Plan


def main() -> None:
    """Read until the log ends or nobody listens any more."""
    # Nothing here refers to itself, while tens of thousands of records live until their portion is written.
    gc.set_threshold(100_000)
    if sys.argv[1] in FORMATS:
        FORMATS[sys.argv[1]]  # imported while the plan is made
    plan: Plan = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent process
    out = sys.stdout.buffer
    try:
        try:
            for portion in plan.read():
                pickle.dump(portion, out, protocol=pickle.HIGHEST_PROTOCOL)
                out.flush()
            last: IngestError | OSError | None = None
        except (IngestError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            last = error
        pickle.dump(last, out, protocol=pickle.HIGHEST_PROTOCOL)
        out.flush()
    except BrokenPipeError:
        # The import was stopped. Python would complain once more when it closes the pipe on its way out.
        os._exit(0)


if __name__ == "__main__":
    main()
