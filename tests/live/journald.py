"""A systemd-journald of a test's own, in a namespace of its own, that takes syslog messages as the machine's would."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.processes import until

DAEMON = Path("/lib/systemd/systemd-journald")


class Journal:
    """A journal that is written to."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def socket(self) -> Path:
        """Where messages are sent to."""
        return Path(f"/run/systemd/journal.{self.name}/dev-log")

    def send(self, messages: Sequence[bytes]) -> None:
        """Send messages as syslog(3) does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.connect(str(self.socket))
            for message in messages:
                sender.send(b"<22>Jan  1 00:00:00 " + message)

    def as_json(self) -> bytes:
        """Return what journalctl writes of it."""
        command = ["journalctl", f"--namespace={self.name}", "-o", "json", "--quiet"]
        return subprocess.run(command, capture_output=True, check=True).stdout


@contextmanager
def journald() -> Iterator[Journal]:
    """Run one until the block ends; nothing of it is left then."""
    journal = Journal(f"test{os.getpid()}")
    with subprocess.Popen(
        [DAEMON, journal.name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            until(journal.socket.exists, process=process)
            yield journal
        finally:
            process.terminate()
            process.communicate(timeout=60)
            for folder in ("/run/systemd", "/run/log/journal", "/var/log/journal"):
                for left in Path(folder).glob(f"*.{journal.name}"):
                    shutil.rmtree(left)
