"""Debian's mail servers that cannot be installed beside one another: downloaded and unpacked under `var/servers`.

`python -m tests.live.packages` does it, once; the tests run them from there, in a root of their own.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from tests.processes import ROOT

SERVERS: Final = {
    "exim": ("exim4-daemon-heavy",),
    "opensmtpd": ("opensmtpd",),
    "dovecot": ("dovecot-core", "dovecot-submissiond"),
}
_UNPACKED: Final = ROOT / "var" / "servers"
_WANTED = re.compile(r"^Inst (lib\S+)", re.MULTILINE)


def unpacked(server: str) -> Path | None:
    """Return where the server's packages are unpacked, None when they are not."""
    folder = _UNPACKED / server
    return folder if folder.is_dir() else None


def unpack(server: str) -> None:
    """Download the server's packages, and what libraries they want that this machine has not, and unpack them."""
    if unpacked(server) is not None:
        return
    names = SERVERS[server]
    simulate = ("install", "--simulate", "--no-install-recommends", *names)
    try:
        would = _apt(*simulate)
    except subprocess.CalledProcessError:
        # A fresh machine knows of no packages yet.
        _apt("update")
        would = _apt(*simulate)
    _UNPACKED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_UNPACKED) as made:
        folder = Path(made)
        _apt("download", *names, *_WANTED.findall(would), folder=folder)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg-deb", "--extract", package, folder / "root"], check=True)
        shutil.move(folder / "root", _UNPACKED / server)


def _apt(*arguments: str, folder: Path = ROOT) -> str:
    return subprocess.run(
        ["apt-get", "--quiet", *arguments],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=True,
    ).stdout


if __name__ == "__main__":
    for one in SERVERS:
        unpack(one)
