"""A Postfix of a test's own, with Dovecot for its logins: its folder, its port, its log."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.ports import free_port
from tests.processes import until

PROGRAMS = ("postfix", "dovecot")
HOST = "mx.live.example"
PASSWORD = "live-password"
MECHANISMS = ("PLAIN", "LOGIN")
_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
daemon_directory = {daemons}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = {host}
mydestination =
alias_maps =
local_recipient_maps =
default_transport = discard:
relay_transport = discard:
maillog_file_prefixes = {folder}
maillog_file = {folder}/log/mail.log
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {folder}/auth
smtpd_tls_security_level = may
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_loglevel = 1
smtpd_tls_protocols =
smtpd_tls_ciphers = medium
tls_medium_cipherlist = ALL:@SECLEVEL=0
smtpd_relay_restrictions = permit_sasl_authenticated, reject
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
proxymap  unix  -       -       n       -       -       proxymap
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
anvil     unix  -       -       n       -       1       anvil
postlog   unix-dgram n  -       n       -       1       postlogd
"""
_DOVECOT = """
protocols =
ssl = no
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/log/dovecot.log
auth_mechanisms = plain login
disable_plaintext_auth = no
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=dovenull gid=dovenull home={folder}
}}
service auth {{
  unix_listener {folder}/auth {{
    mode = 0666
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server that runs, and where its log is."""

    port: int
    log: Path
    settings: Path

    def rotate(self) -> None:
        """Let it rotate its log."""
        _run("postfix", "-c", self.settings, "logrotate")


def missing() -> list[str]:
    """Return the programs that are not installed here."""
    return [name for name in PROGRAMS if shutil.which(name, path="/usr/sbin:/usr/bin") is None]


@contextmanager
def postfix(folder: Path, *, certificate: Path, key: Path) -> Iterator[Server]:
    """Run both in `folder`, which everybody may enter; logins are any name with `PASSWORD`."""
    port = free_port()
    for name in ("postfix", "spool", "data", "log", "dovecot"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    words = {
        "folder": folder,
        "host": HOST,
        "port": port,
        "certificate": certificate,
        "key": key,
        "password": PASSWORD,
        "daemons": _run("postconf", "-dh", "daemon_directory").strip(),
    }
    settings = folder / "postfix"
    (settings / "main.cf").write_text(_MAIN.format(**words))
    (settings / "master.cf").write_text(_MASTER.format(**words))
    logins = folder / "dovecot.conf"
    logins.write_text(_DOVECOT.format(**words))
    with subprocess.Popen(
        ["/usr/sbin/dovecot", "-F", "-c", str(logins)], stdin=subprocess.DEVNULL
    ) as dovecot:
        try:
            until((folder / "auth").exists)
            _run("postfix", "-c", settings, "start")
            until(lambda: answers(port))
            yield Server(port, folder / "log" / "mail.log", settings)
        finally:
            _run("postfix", "-c", settings, "stop")
            dovecot.terminate()
            dovecot.wait(30)


def answers(port: int) -> bool:
    """Tell whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _run(program: str, *arguments: str | Path) -> str:
    done = subprocess.run(
        [f"/usr/sbin/{program}", *map(str, arguments)],
        # Its log has the clock of the zone that it is started in, and does not say so.
        env={**os.environ, "TZ": "UTC"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, (program, done.stdout, done.stderr)
    return done.stdout
