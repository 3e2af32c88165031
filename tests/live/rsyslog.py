"""An rsyslogd of a test's own that sends lines on as *Connect a source* says: of a log file, or of syslog(3)."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.live.postfix import answers
from tests.ports import free_port
from tests.processes import until

# The file's lines go through the parser of syslog messages, as they would have come from the mail server itself.
_CONFIGURATION = """
global(workDirectory="{folder}")
module(load="imfile" mode="inotify")
module(load="imtcp")
template(name="as_sent" type="string" string="<22>%msg%\\n")
input(type="imfile" file="{log}" tag="log" ruleset="read")
ruleset(name="read") {{
  action(type="omfwd" target="127.0.0.1" port="{port}" protocol="tcp" template="as_sent")
}}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="sent")
{templates}
ruleset(name="sent") {{
{actions}
}}
"""
_OF_SOCKET = """
global(workDirectory="{folder}" localHostname="mx")
module(load="imuxsock" sysSock.use="off")
input(type="imuxsock" socket="{socket}" useSpecialParser="on" rateLimit.interval="0")
{texts}
mail.* action(type="omfile" file="{log}")
"""


@contextmanager
def rsyslogd(folder: Path, *, log: Path, texts: list[str]) -> Iterator[None]:
    """Send the lines of `log` on by each of the pasted `texts` until the block ends."""
    port = free_port()
    heads, actions = zip(*(text.split("mail.* action(") for text in texts), strict=True)
    configuration = folder / "rsyslog.conf"
    configuration.write_text(
        _CONFIGURATION.format(
            folder=folder,
            log=log,
            port=port,
            templates="\n".join(heads),
            actions="\n".join(f"mail.* action({action}" for action in actions),
        )
    )
    command = ["rsyslogd", "-n", "-f", str(configuration), "-i", str(folder / "rsyslogd.pid")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            until(lambda: answers(port), process=process)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=60)


@contextmanager
def syslogd(folder: Path, *, socket: Path, log: Path, texts: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Write what comes to `socket` into `log`, and send it on by the pasted `texts`, until the block ends.

    SIGHUP makes it begin `log` anew, as rotation wants it.
    """
    configuration = folder / "syslogd.conf"
    configuration.write_text(_OF_SOCKET.format(folder=folder, socket=socket, log=log, texts="\n".join(texts)))
    command = ["rsyslogd", "-n", "-f", str(configuration), "-i", str(folder / "syslogd.pid")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            until(socket.exists, process=process)
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=60)
