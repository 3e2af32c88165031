"""What *Connect a source* shows to paste, run as it stands against the site: every line arrives, and once."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from insights.models import LogImport, Source
from insights.web.snippets import Endpoint, kits
from tenants.api_keys import make_key
from tenants.models import ApiKey, Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.cast import make_cast
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.lines import messages, refused_login
from tests.ports import free_port
from tests.processes import until

MESSAGES = 120
SOURCE = "mx 1"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    """Return a tenant whose rows the site's threads can see."""
    return make_cast().acme


@pytest.fixture
def texts(live_server: LiveServer, tenant: Tenant) -> dict[str, str]:
    """Return what the page would show, by name, with a fresh key."""
    _, key = make_key(name="mx 1", scopes=[Scope.INGEST], tenant=tenant)
    endpoint = Endpoint(live_server.url, tenant.slug, SOURCE)
    return {one.name: one.text for kit in kits(endpoint, key) for one in kit.snippets}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Write a log of the last hour that ends in the middle of a line."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    path = tmp_path / "mail.log"
    path.write_bytes(
        messages(at, MESSAGES, every=timedelta(seconds=20)) + refused_login(at + timedelta(minutes=50))
    )
    return path


def lines_taken(tenant: Tenant) -> tuple[int, int]:
    """Return all lines, and those that were not recognised."""
    with tenant_scope([tenant.pk]):
        assert [one.name for one in Source.objects.all()] == [SOURCE]
        accounts = list(LogImport.objects.all())
    return sum(one.lines for one in accounts), sum(one.lines_unrecognised for one in accounts)


def run(*command: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home), "no_proxy": "127.0.0.1,localhost"}
    return subprocess.run(
        [str(part) for part in command],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_curl_sends_the_log_in_pieces_and_again_without_counting_twice(
    texts: dict[str, str], tenant: Tenant, log: Path, tmp_path: Path
) -> None:
    script = texts["curl"].replace("/var/log/mail.log", str(log)).replace("=8M", "=16K")
    assert str(log) in script
    for _time in range(2):
        done = run("sh", "-c", script, home=tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), done
        assert done.stdout.count('"accepted"') == -(-log.stat().st_size // 16_384)
        assert stored(tenant) == (MESSAGES, 1)
    assert lines_taken(tenant)[1] == 0
    kept = tmp_path / ".insights-key"
    assert kept.stat().st_mode & 0o077 == 0


def test_curl_with_a_wrong_key_says_why(
    texts: dict[str, str], tenant: Tenant, log: Path, tmp_path: Path
) -> None:
    script = texts["curl"].replace("/var/log/mail.log", str(log)).replace("Bearer sai_", "Bearer sai_X")
    done = run("sh", "-c", script, home=tmp_path)
    assert "This key is not known" in done.stdout
    assert "401" in done.stderr
    assert stored(tenant) == (0, 0)


def test_python_script_sends_a_file_and_what_is_piped_to_it(
    texts: dict[str, str], tenant: Tenant, log: Path, tmp_path: Path
) -> None:
    script = tmp_path / "send_log.py"
    script.write_text(texts["python"])
    count = log.read_bytes().count(b"\n")
    done = run(sys.executable, script, log, home=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{count} lines, {MESSAGES + 1} new, 0 known, 0 not recognised\n"
    assert stored(tenant) == (MESSAGES, 1)

    with log.open("ab") as file:
        at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
        file.write(messages(at, 3, every=timedelta(seconds=20), first=900))
    piped = run("sh", "-c", f"cat {log} | {sys.executable} {script} /dev/stdin", home=tmp_path)
    assert (piped.returncode, piped.stderr) == (0, "")
    assert stored(tenant) == (MESSAGES + 3, 1)


def test_python_script_waits_for_the_site_and_gives_up_at_a_refusal(
    texts: dict[str, str], tenant: Tenant, log: Path, tmp_path: Path
) -> None:
    script = tmp_path / "send_log.py"
    script.write_text(texts["python"].replace("Bearer {KEY}", "Bearer x{KEY}"))
    refused = run(sys.executable, script, log, home=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("401: ")
    port = free_port()
    script.write_text(texts["python"].replace('URL = "http://', f'URL = "http://127.0.0.1:{port}/'))
    waiting = subprocess.Popen([sys.executable, script, log], stderr=subprocess.PIPE, text=True)
    assert waiting.stderr is not None
    assert "refused" in waiting.stderr.readline()
    assert waiting.poll() is None
    waiting.terminate()
    waiting.communicate(timeout=30)
    assert stored(tenant) == (0, 0)


@contextmanager
def rsyslogd(configuration: str, folder: Path) -> Iterator[int]:
    """Run Debian's rsyslogd with `configuration`; it takes syslog messages at the port that is given."""
    port = free_port()
    head = f'global(workDirectory="{folder}")\nmodule(load="imtcp")\n'
    tail = f'\ninput(type="imtcp" address="127.0.0.1" port="{port}")\n'
    file = folder / "rsyslog.conf"
    file.write_text(head + configuration + tail)
    command = ["rsyslogd", "-n", "-f", str(file), "-i", str(folder / "rsyslogd.pid")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            until(lambda: _answers(port), process=process)
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def say(port: int, lines: list[bytes]) -> None:
    """Send lines of a log as syslog messages of the facility mail."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"".join(b"<22>%b\n" % line for line in lines))


@pytest.mark.skipif(not shutil.which("rsyslogd"), reason="no rsyslogd: install Debian's `rsyslog`")
def test_rsyslogd_hands_every_line_over_by_the_script(
    texts: dict[str, str], tenant: Tenant, log: Path, tmp_path: Path
) -> None:
    script = tmp_path / "insights-send"
    script.write_text(texts["omprog-script"])
    script.chmod(0o700)
    said = tmp_path / "insights-send.log"
    configuration = texts["omprog"].replace("/usr/local/bin/insights-send", str(script))
    configuration = configuration.replace("/var/log/insights-send.log", str(said))
    assert str(script) in configuration
    lines = log.read_bytes().splitlines()
    with rsyslogd(configuration, tmp_path) as port:
        say(port, lines[:200])
        until(lambda: stored(tenant)[0] > 0)
        say(port, lines[200:])
        until(lambda: stored(tenant) == (MESSAGES, 1))
    assert lines_taken(tenant) == (len(lines), 0)
    assert not said.exists() or said.read_text() == ""


@pytest.mark.skipif(not shutil.which("rsyslogd"), reason="no rsyslogd: install Debian's `rsyslog`")
def test_script_of_rsyslogd_waits_until_the_site_takes_the_lines(
    texts: dict[str, str], tenant: Tenant, log: Path, tmp_path: Path
) -> None:
    """A key that is over is refused; the lines wait, in order, until it is taken again."""
    key = tenant.api_keys.get()
    ApiKey.objects.filter(pk=key.pk).update(expires_at=datetime.now(UTC))
    script, said = tmp_path / "insights-send", tmp_path / "insights-send.log"
    script.write_text(texts["omprog-script"].replace("sleep 5", "sleep 0.5"))
    script.chmod(0o700)
    configuration = texts["omprog"].replace("/usr/local/bin/insights-send", str(script))
    lines = log.read_bytes().splitlines()
    with rsyslogd(configuration.replace("/var/log/insights-send.log", str(said)), tmp_path) as port:
        say(port, lines)
        until(lambda: said.exists() and "401" in said.read_text())
        assert stored(tenant) == (0, 0)
        ApiKey.objects.filter(pk=key.pk).update(expires_at=None)
        until(lambda: stored(tenant) == (MESSAGES, 1))
    assert lines_taken(tenant) == (len(lines), 0)
