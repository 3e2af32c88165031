"""Copy the browser libraries that npm installed into project/static/vendor, where pages load them from.

`python -m project.assets`, after `npm ci`. Pages load nothing from other hosts, and the copies are not committed.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR_DIR = ROOT / "project" / "static" / "vendor"
ASSETS = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "chart.js/dist/chart.umd.min.js",
)
# Hashed file names and the maps, which only help to debug the libraries themselves, do not go together.
SOURCE_MAP = re.compile(r"/[/*][#@] sourceMappingURL=[^\s*]+(?: ?\*/)?\s*$")


def install(node_modules: Path, vendor_dir: Path) -> list[Path]:
    """Replace the content of `vendor_dir` by the files of ASSETS; raises FileNotFoundError when one is missing."""
    sources = [node_modules / asset for asset in ASSETS]
    contents = {source.name: source.read_text(encoding="utf-8") for source in sources}
    shutil.rmtree(vendor_dir, ignore_errors=True)
    vendor_dir.mkdir(parents=True)
    for name, content in contents.items():
        (vendor_dir / name).write_text(SOURCE_MAP.sub("", content), encoding="utf-8")
    return [vendor_dir / name for name in contents]


def main() -> int:
    try:
        install(ROOT / "node_modules", VENDOR_DIR)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error.filename} is missing. Run `npm ci --ignore-scripts` first.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
