"""`python -m tests.bench [ingest] [api] [reading] [formats] [--runs N] …`: run the benchmarks and print their figures.

They work in a test database of their own, made as the owner and dropped at the end.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from project import prepare


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Run the benchmarks.")
    parser.add_argument(
        "which", nargs="*", metavar="BENCHMARK", help="ingest, api, reading, formats; all by default"
    )
    parser.add_argument(
        "--submissions", type=int, default=200_000, help="submissions in the bulk log, 8 lines each"
    )
    parser.add_argument("--lines", type=int, default=400_000, help="lines that each format reads")
    parser.add_argument(
        "--batches", type=int, default=100, help="batches of 1,000 submissions sent to the API"
    )
    parser.add_argument("--requests", type=int, default=200, help="requests for each report of the API")
    parser.add_argument("--messages", type=int, default=5_000_000, help="submissions of the large tenant")
    parser.add_argument(
        "--runs", type=int, default=3, help="how often each thing is measured; the best counts"
    )
    options = parser.parse_args()
    prepare.servers()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    from tests.bench.api import bench_api
    from tests.bench.formats import bench_formats
    from tests.bench.ingest import bench_ingest
    from tests.bench.reading import bench_reading

    setup_test_environment()
    made = setup_databases(0, interactive=False, aliases=dict.fromkeys(settings.DATABASES))
    try:
        if not options.which or "ingest" in options.which:
            with tempfile.TemporaryDirectory() as folder:
                bench_ingest(Path(folder), submissions=options.submissions, runs=options.runs)
        if not options.which or "api" in options.which:
            bench_api(batches=options.batches, requests=options.requests, runs=options.runs)
        if not options.which or "reading" in options.which:
            bench_reading(messages=options.messages, runs=options.runs)
        if not options.which or "formats" in options.which:
            with tempfile.TemporaryDirectory() as folder:
                bench_formats(Path(folder), lines=options.lines, runs=options.runs)
    finally:
        connections.close_all()
        teardown_databases(made, 0)


if __name__ == "__main__":
    main()
