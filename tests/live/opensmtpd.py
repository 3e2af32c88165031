"""An OpenSMTPD of a test's own, as Debian builds it, with its log by syslog; what it takes it hands to a relay."""

from __future__ import annotations

from pathlib import Path

from tests.live.postfix import HOST
from tests.live.root import Installed, Root
from tests.ports import free_port

_SETTINGS = """
pki live cert "/etc/live.pem"
pki live key "/etc/live.key"
smtp ciphers "ALL:@SECLEVEL=0"
table logins file:/etc/logins
listen on 127.0.0.1 port {port} hostname {host} tls pki live auth <logins>
action "on" relay host smtp://127.0.0.1:{relay}
match auth from any for any action "on"
"""


# PASSWORD, as crypt(3) writes it.
_HASHED = "$5$live$17VfbkELlaMbEoMHNGpiIkO0Ul8tq7bSVuA/I6zn0J1"


def opensmtpd(folder: Path, unpacked: Path, *, certificate: Path, key: Path, relay: int) -> Installed:
    """Make it ready in `folder`, with logins of those who submit; what listens at `relay` is given the messages."""
    programs, users = ["usr/sbin/smtpd"], ["opensmtpd", "opensmtpq"]
    root, port = Root(folder, unpacked, programs=programs, users=users), free_port()
    root.make("var/lib/opensmtpd/empty", owner="root")
    root.make("var/spool/smtpd", owner="root", mode=0o711)
    root.write("etc/live.pem", certificate.read_text())
    root.write("etc/ssl/certs/ca-certificates.crt", certificate.read_text())
    root.write("etc/live.key", key.read_text(), mode=0o600)
    root.write("etc/logins", "".join(f"user{number}@live.example {_HASHED}\n" for number in range(7)))
    root.write("etc/smtpd.conf", _SETTINGS.format(host=HOST, port=port, relay=relay))
    return Installed(root, ("/usr/sbin/smtpd", "-F"), port)
