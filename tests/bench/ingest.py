"""Whole ingest, from a file to rows that reports see, against Debian's pflogsumm on the same file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from insights.demo.bulk import write_bulk
from tests.factories import make_tenant
from tests.processes import ROOT, environment

DAYS = 7


@dataclass(frozen=True, slots=True)
class Run:
    """One process from start to end: wall-clock seconds and peak resident memory in MiB."""

    seconds: float
    peak_mib: float


def measure(command: list[str], *, env: dict[str, str] | None = None) -> Run:
    """Run a command to its end; raise when it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if status != 0:
        raise RuntimeError(f"{command[0]} ended with {status}.")
    return Run(seconds, usage.ru_maxrss / 1024)


def bench_ingest(folder: Path, *, submissions: int, runs: int) -> None:
    """Print lines a second of both, their ratio, and the importing process's peak memory."""
    path = folder / "bulk.log"
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS + 1)
    truth = write_bulk(path, start=start, seed=1, submissions=submissions, days=DAYS)
    print(
        f"ingest: {truth.lines:,} lines, {truth.submissions:,} submissions, {truth.file_bytes / 2**20:.0f} MiB"
    )
    theirs: list[Run] = []
    ours: list[Run] = []
    for _ in range(runs):
        if shutil.which("pflogsumm"):
            theirs.append(measure(["pflogsumm", str(path)]))
        ours.append(_import(path, year=start.year))
    best = min(ours, key=lambda run: run.seconds)
    print(f"  ingest     {truth.lines / best.seconds:>12,.0f} lines/s  ({_all(ours)} s)")
    print(f"             {max(run.peak_mib for run in ours):>12.0f} MiB at most")
    if not theirs:
        print("  pflogsumm  is not installed: no ratio")
        return
    best_of_theirs = min(theirs, key=lambda run: run.seconds)
    print(f"  pflogsumm  {truth.lines / best_of_theirs.seconds:>12,.0f} lines/s  ({_all(theirs)} s)")
    pairs = sorted(their.seconds / our.seconds for their, our in zip(theirs, ours, strict=True))
    print(
        f"  ratio      {best_of_theirs.seconds / best.seconds:>12.2f}  (pairs: {pairs[0]:.2f} to {pairs[-1]:.2f})"
    )


def _import(path: Path, *, year: int) -> Run:
    """Import into a tenant of its own, so that every run stores every row."""
    tenant = make_tenant(f"bench-{uuid4().hex[:8]}", time_zone="Europe/Berlin")
    command = [sys.executable, "manage.py", "ingest", str(path), "--tenant", tenant.slug, "--source", "mx1"]
    return measure([*command, "--time-zone", "UTC", "--year", str(year)], env=environment())


def _all(runs: list[Run]) -> str:
    return ", ".join(f"{run.seconds:.2f}" for run in runs)
