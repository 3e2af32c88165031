"""Dovecot's submission service of a test's own, with its log by syslog; what it takes it hands to a relay."""

from __future__ import annotations

from pathlib import Path

from tests.live.postfix import HOST, PASSWORD
from tests.live.root import Installed, Root
from tests.ports import free_port

_PROGRAMS = (
    "usr/sbin/dovecot",
    *(f"usr/lib/dovecot/{name}" for name in ("anvil", "auth", "config", "log", "stats", "submission")),
    "usr/lib/dovecot/submission-login",
    "usr/lib/dovecot/modules/libssl_iostream_openssl.so",
)
_SETTINGS = """
protocols = submission
hostname = {host}
base_dir = /run/dovecot
state_dir = /run/dovecot
auth_mechanisms = plain login
disable_plaintext_auth = no
login_trusted_networks =
login_log_format_elements = user=<%u> method=%m rip=%r lip=%l mpid=%e %c session=<%{{session}}> %{{ssl_security}}
ssl = yes
ssl_cert = </etc/live.pem
ssl_key = </etc/live.key
ssl_min_protocol = TLSv1
ssl_cipher_list = ALL:@SECLEVEL=0
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
mail_location = maildir:/mail
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home=/mail
}}
service submission-login {{
  service_count = 0
  inet_listener submission {{
    address = 127.0.0.1
    port = {port}
  }}
}}
"""


def dovecot(folder: Path, unpacked: Path, *, certificate: Path, key: Path, relay: int) -> Installed:
    """Make it ready in `folder`; what listens at `relay` is given the messages."""
    root, port = (
        Root(folder, unpacked, programs=_PROGRAMS, users=["dovecot", "dovenull", "mail"]),
        free_port(),
    )
    root.make("mail", owner="mail")
    root.write("etc/live.pem", certificate.read_text())
    root.write("etc/live.key", key.read_text())
    words = {"host": HOST, "password": PASSWORD, "port": port, "relay": relay}
    root.write("etc/dovecot/dovecot.conf", _SETTINGS.format(**words))
    return Installed(root, ("/usr/sbin/dovecot", "-F"), port)
