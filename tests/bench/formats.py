"""Lines a second of each parser; Postfix and Exim against pflogsumm and eximstats on the same file."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from insights.demo.bulk import LINES_A_SUBMISSION, write_bulk
from insights.ingest.formats import FORMATS
from tests.bench.ingest import Run, measure
from tests.fuzz.seeds import lines_of

RIVALS = {"postfix": "pflogsumm", "exim": "eximstats"}
TIMES_LONGER = 4
START = datetime(2026, 11, 16, tzinfo=UTC)
_READ = """
import sys
from pathlib import Path
from zoneinfo import ZoneInfo
from insights.ingest.formats import BY_COLUMNS, factory_of
from insights.ingest.stream import LogStream
mapping = None
if sys.argv[2] in BY_COLUMNS:
    from tests.fuzz.rules import MAPPINGS
    mapping = MAPPINGS[sys.argv[2]]
factory = factory_of(sys.argv[2], mapping=mapping)
stream = LogStream(factory(source_key="a source", zone=ZoneInfo("UTC"), year=2026))
with Path(sys.argv[1]).open("rb") as log:
    while chunk := log.read(1 << 20):
        stream.feed(chunk)
stream.end_of_input()
"""


def bench_formats(folder: Path, *, lines: int, runs: int) -> None:
    """Print each format's lines a second, beside those of Postfix, and how the time grows with four times the lines.

    Postfix and Exim read a busy day, the others their samples again and again. Each run is a process
    of its own from start to end, as those
    of the other programs are; what belongs together runs in turns, so that what else the machine does meets all.
    """
    print(f"formats: {lines:,} lines each, the best of {runs} runs; what is read is not stored")
    best = 0.0
    for name in FORMATS:
        path, longer = folder / name, folder / f"{name}-longer"
        count = _write(path, name, lines)
        if not count:
            print(f"  {name:<12} has no sample of its own")
            continue
        _write(longer, name, TIMES_LONGER * lines)
        rival = RIVALS.get(name, "")
        ours, theirs, fours = [], [], []
        for _ in range(runs):
            if shutil.which(rival):
                theirs.append(measure([rival, str(path)]))
            ours.append(_read(path, name))
            fours.append(_read(longer, name))
        speed = count / _least(ours)
        best = best or speed
        said = f"  {name:<12} {speed:>10,.0f} lines/s  {speed / best:>5.2f} of Postfix"
        said += f"  {TIMES_LONGER}x the lines: {_least(fours) / _least(ours):.1f}x the time"
        print(said + _against(rival, theirs, ours, count), flush=True)
        path.unlink()
        longer.unlink()


def _write(path: Path, name: str, lines: int) -> int:
    """Write a log of about so many lines; return how many there are, 0 where there is nothing to write."""
    if name == "postfix":
        return write_bulk(path, start=START, seed=1, submissions=lines // LINES_A_SUBMISSION, days=1).lines
    pieces = _exim(lines) if name == "exim" else _copies(lines_of(name), lines)
    written = 0
    with path.open("wb") as log:
        for piece in pieces:
            log.write(piece)
            written += piece.count(b"\n")
    return written


def _copies(sample: list[bytes], lines: int) -> Iterator[bytes]:
    whole = b"".join(line if line.endswith(b"\n") else line + b"\n" for line in sample)
    yield from [whole] * (lines // len(sample)) if sample else []


def _exim(lines: int) -> Iterator[bytes]:
    """Yield messages of three lines with Debian's fields, half of them submitted with a login."""
    dice, step = Random(1), timedelta(days=1) / max(1, lines // 3)
    for number in range(lines // 3):
        stamp = f"{START + number * step:%Y-%m-%d %H:%M:%S}"
        message = f"1v{number:04x}"[-6:].rjust(6, "A") + f"-{number % 1_000_000:06d}-{number % 90 + 10}"
        user, login = dice.randrange(300), f"A=plain_server:user{dice.randrange(300)}@acme.example "
        how = (
            f"P=esmtpsa X=TLS1.3:ECDHE_RSA_AES_256_GCM_SHA384:256 CV=no {login}" if number % 2 else "P=esmtp "
        )
        yield (
            f"{stamp} {message} <= user{user}@acme.example H=(host{user}) [192.0.2.{user % 250}] {how}S=2048 id=x@h\n"
            f"{stamp} {message} => bob@umbrella.example R=dnslookup T=remote_smtp H=mx.umbrella.example [203.0.113.20]"
            f' X=TLS1.3:ECDHE_RSA_AES_256_GCM_SHA384:256 CV=yes C="250 OK"\n{stamp} {message} Completed\n'
        ).encode()


def _read(path: Path, name: str) -> Run:
    return measure([sys.executable, "-c", _READ, str(path), name])


def _against(rival: str, theirs: list[Run], ours: list[Run], count: int) -> str:
    if not rival:
        return ""
    if not theirs:
        return f"  ({rival} is not installed: no ratio)"
    pairs = sorted(their.seconds / our.seconds for their, our in zip(theirs, ours, strict=True))
    return (
        f"  {_least(theirs) / _least(ours):.2f} times {rival}'s {count / _least(theirs):,.0f}"
        f" (pairs: {pairs[0]:.2f} to {pairs[-1]:.2f})"
    )


def _least(runs: list[Run]) -> float:
    return min(run.seconds for run in runs)
