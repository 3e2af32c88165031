"""An Exim of a test's own, as Debian builds it, with its log by syslog; what it takes is thrown away."""

from __future__ import annotations

from pathlib import Path

from tests.live.postfix import HOST, PASSWORD
from tests.live.root import Installed, Root
from tests.ports import free_port

_SETTINGS = """
primary_hostname = {host}
spool_directory = /spool
log_file_path = syslog
syslog_timestamp = no
log_selector = +received_recipients
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
host_lookup =
tls_advertise_hosts = *
tls_certificate = /etc/live.pem
tls_privatekey = /etc/live.key
tls_require_ciphers = NORMAL:+VERS-TLS1.0:+VERS-TLS1.1:%COMPAT
keep_environment =
smtp_accept_max = 0
acl_smtp_rcpt = accept
begin routers
gone:
  driver = redirect
  data = :blackhole:
begin authenticators
plain_server:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{{password}}}}}
  server_set_id = $auth2
login_server:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{{password}}}}}
  server_set_id = $auth1
"""


def exim(folder: Path, unpacked: Path, *, certificate: Path, key: Path) -> Installed:
    """Make it ready in `folder`."""
    root, port = Root(folder, unpacked, programs=["usr/sbin/exim4"], users=["Debian-exim"]), free_port()
    root.make("spool", owner="Debian-exim")
    root.write("etc/live.pem", certificate.read_text())
    root.write("etc/live.key", key.read_text())
    root.write("etc/exim4/exim4.conf", _SETTINGS.format(host=HOST, port=port, password=PASSWORD))
    return Installed(root, ("/usr/sbin/exim4", "-bdf"), port)
