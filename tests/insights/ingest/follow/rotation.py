"""A server's log that is rotated in every way while it is written."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path
from random import Random


class RotatedLog:
    """Writes to `path`; `written` is everything that was ever written, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = b""
        path.touch()

    def append(self, data: bytes) -> None:
        with self.path.open("ab") as log:
            log.write(data)
        self.written += data

    def rename(self, late: bytes = b"") -> None:
        """Move the file away and begin another; `late` is written by a process that has the old one open still."""
        self._shift()
        moved = self.path.rename(self._older(1))
        with moved.open("ab") as log:
            log.write(late)
        self.written += late
        self.path.touch()

    def copy_and_truncate(self) -> None:
        self._shift()
        shutil.copyfile(self.path, self._older(1))
        with self.path.open("r+b") as log:
            log.truncate(0)

    def compress(self, random: Random) -> None:
        """Compress one of the older files, as rotation does: under another name first."""
        plain = [one for one in self._rotated() if one.suffix != ".gz"]
        if not plain:
            return
        one = random.choice(plain)
        packed = one.with_name(f"packing-{one.name}")
        packed.write_bytes(gzip.compress(one.read_bytes(), 1))
        packed.rename(one.with_name(f"{one.name}.gz"))
        one.unlink()

    def rotate(self, random: Random, late: bytes = b"") -> None:
        """Do one of these."""
        match random.randrange(3):
            case 0:
                self.rename(late)
            case 1:
                self.copy_and_truncate()
            case _:
                self.compress(random)

    def _older(self, number: int, suffix: str = "") -> Path:
        return self.path.with_name(f"{self.path.name}.{number}{suffix}")

    def _rotated(self) -> list[Path]:
        return [one for one in self.path.parent.iterdir() if re.fullmatch(r".+\.\d+(\.gz)?", one.name)]

    def _shift(self) -> None:
        """Give every older file the next number, the oldest first."""
        numbered = [(int(one.name.removesuffix(".gz").rpartition(".")[2]), one) for one in self._rotated()]
        for number, one in sorted(numbered, reverse=True):
            one.rename(self._older(number + 1, ".gz" if one.suffix == ".gz" else ""))
