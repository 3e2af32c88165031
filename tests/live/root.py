"""A root folder of a mail server's own, in which it finds its users and its settings, and of the machine nothing else.

The servers that Debian unpacks have users, spools and settings where they were built to have them.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.live.postfix import answers
from tests.processes import until

_DEVICES = {"null": (1, 3), "zero": (1, 5), "random": (1, 8), "urandom": (1, 9)}
_LIBRARY = re.compile(r"(/\S+) \(0x")


class Root:
    """The folder. `programs` are what is run in it, whose libraries are copied into it."""

    def __init__(
        self, folder: Path, unpacked: Path, *, programs: Sequence[str], users: Sequence[str]
    ) -> None:
        self.folder = folder
        shutil.copytree(unpacked, folder, symlinks=True, ignore=shutil.ignore_patterns("share", "init.d"))
        for name in ("etc", "dev", "tmp", "log", "run", "var/run", "var/spool"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        (folder / "tmp").chmod(0o1777)
        for name, (major, minor) in _DEVICES.items():
            os.mknod(folder / "dev" / name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
            (folder / "dev" / name).chmod(0o666)
        self._copy_libraries(programs)
        self.ids = {
            "root": 0,
            **{user: 30_001 + number for number, user in enumerate(users)},
            "nobody": 65_534,
        }
        self.write(
            "etc/passwd", "".join(f"{user}:x:{id_}:{id_}::/:/bin/false\n" for user, id_ in self.ids.items())
        )
        self.write("etc/group", "".join(f"{user}:x:{id_}:\n" for user, id_ in self.ids.items()))
        self.write("etc/nsswitch.conf", "hosts: files\n")
        self.write("etc/hosts", "127.0.0.1 localhost\n")

    @property
    def log_socket(self) -> Path:
        """Where syslog(3) writes to."""
        return self.folder / "dev" / "log"

    def write(self, name: str, text: str, *, mode: int = 0o644) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def make(self, name: str, *, owner: str, mode: int = 0o755) -> None:
        """Make a folder that belongs to one of the users."""
        path = self.folder / name
        path.mkdir(parents=True, exist_ok=True)
        os.chown(path, self.ids[owner], self.ids[owner])
        path.chmod(mode)

    def _copy_libraries(self, programs: Sequence[str]) -> None:
        """Copy what the programs are linked with, as the machine has it; what came unpacked is there already."""
        places = ":".join(
            str(self.folder / one) for one in ("usr/lib", "usr/lib/x86_64-linux-gnu", "usr/lib/dovecot")
        )
        told = subprocess.run(
            ["ldd", *(self.folder / program for program in programs)],
            env={"LD_LIBRARY_PATH": places, "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "not found" not in told, told
        for name in sorted(set(_LIBRARY.findall(told))):
            if not name.startswith(str(self.folder)):
                copy = self.folder / name.removeprefix("/")
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(name, copy)


@dataclass(frozen=True, slots=True)
class Installed:
    """A server that is ready to run: `command` in its root, reached at `port` of the loopback address."""

    root: Root
    command: tuple[str, ...]
    port: int

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it until the block ends."""
        with subprocess.Popen(
            ["chroot", self.root.folder, *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                until(lambda: answers(self.port), process=process)
                yield
            finally:
                process.terminate()
                process.communicate(timeout=30)
