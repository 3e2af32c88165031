"""`python -m tests.fuzz [FORMAT…] [--seconds S] [--together]`: a bounded run of atheris on each parser.

It begins with the samples. What broke a rule is kept in var/fuzz; exit 1 then.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from insights.ingest.formats import FORMATS
from tests.fuzz.seeds import LONGEST_SEED, seeds

ROOT = Path(__file__).resolve().parents[2]
FOUND = ROOT / "var" / "fuzz"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the parsers.")
    parser.add_argument("formats", nargs="*", metavar="FORMAT", choices=[*FORMATS, []], help="all by default")
    parser.add_argument("--seconds", type=int, default=20, help="for each format (20)")
    parser.add_argument(
        "--together", action="store_true", help="all formats on the same bytes, in one process"
    )
    options = parser.parse_args()
    names = options.formats or list(FORMATS)
    turns = [",".join(names)] if options.together else names
    broken = [turn for turn in turns if not fuzz(turn, seconds=options.seconds)]
    sys.exit(1 if broken else 0)


def fuzz(names: str, *, seconds: int) -> bool:
    """Fuzz one parser, or several separated by commas; tell whether all rules held."""
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seed for name in names.split(",") for seed in seeds(name)):
            (Path(folder) / f"{number}").write_bytes(seed)
        command = [
            sys.executable, "-m", "tests.fuzz.target", names, f"-max_total_time={seconds}",
            f"-max_len={LONGEST_SEED}", "-timeout=20", "-rss_limit_mb=2048", f"-artifact_prefix={FOUND}/", folder,
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
        )
    runs = re.search(r"Done (\d+) runs", done.stderr)
    if done.returncode == 0 and runs:
        print(f"{names}: {int(runs[1]):,} inputs in {seconds} s, every rule held", flush=True)
        return True
    print(f"{names}: a rule was broken\n{done.stdout[-3_000:]}\n{done.stderr[-3_000:]}", flush=True)
    return False


if __name__ == "__main__":
    main()
