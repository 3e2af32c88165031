"""The demo as people start it: in a checkout of its own, with embedded servers of its own, until Ctrl-C."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from project.embedded.processes import free_port
from tenants.models import Provider
from tests.factories import make_tenant

ROOT = Path(__file__).resolve().parents[4]
OF_SERVERS = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "EMAIL_URL"}
ENVIRON = {name: value for name, value in os.environ.items() if name not in OF_SERVERS}


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A copy of the committed files and those about to be, where every user may enter."""
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listing.stdout.split("\0")):
        if (ROOT / name).is_file():
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, base / name)
    yield base
    stop = (sys.executable, "-m", "project.embedded", "stop")
    subprocess.run(stop, cwd=base, env=ENVIRON, check=True, capture_output=True)
    shutil.rmtree(base)


def command(port: int) -> list[str]:
    return [sys.executable, "manage.py", "demo", "--port", str(port), "--days", "2"]


def wait_for(words: str, log: Path, demo: subprocess.Popen[bytes], *, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while words not in log.read_text():
        assert demo.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return log.read_text()


def open_page(browser: OpenerDirector, url: str, fields: dict[str, str] | None = None) -> str:
    data = urlencode(fields).encode() if fields else None
    browser.addheaders = [("Referer", url)]
    with browser.open(url, data, timeout=120) as response:
        assert response.status == 200
        return str(response.read().decode())


def log_in(port: int, email: str, password: str) -> tuple[OpenerDirector, str]:
    """Log in through the form; return the browser and the page that follows."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    url = f"http://127.0.0.1:{port}/accounts/login/"
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', open_page(browser, url))
    assert found
    fields = {"login": email, "password": password, "csrfmiddlewaretoken": found[1]}
    return browser, open_page(browser, url, fields)


@pytest.mark.slow
def test_demo_is_served_filled_and_stopped(checkout: Path) -> None:
    port, log = free_port(), checkout / "demo.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command(port), cwd=checkout, env=ENVIRON, stdout=output, stderr=output) as demo,
    ):
        try:
            told = wait_for("Everything is there", log, demo, seconds=600)
            password = re.search(r"everybody's password is +(\S+)", told)
            assert password
            browser, overview = log_in(port, "olivia@northwind.example", password[1])
            assert [name for name in ("Alpenglow Hotels", "Lindner", "Kestrel") if name in overview] == [
                "Alpenglow Hotels",
                "Lindner",
            ]
            assert "Mail flow dashboard" in open_page(browser, f"http://127.0.0.1:{port}/t/hangang/")
            outbox = checkout / "var" / "outbox"
            deadline = time.monotonic() + 300
            while not any(outbox.iterdir()) and time.monotonic() < deadline:
                time.sleep(0.2)
            assert "Lindner Maschinenbau GmbH: SMTP Auth clients" in open_page(
                browser, f"http://127.0.0.1:{port}/outbox/"
            )
            second = subprocess.run(
                command(free_port()), cwd=checkout, env=ENVIRON, capture_output=True, text=True, check=False
            )
            assert (second.returncode, second.stderr.strip()) == (
                1,
                f"CommandError: The demo of this checkout runs already, at http://localhost:{port}.",
            )
        finally:
            pids = [int(path.read_text()) for path in (checkout / "var" / "demo" / "run").glob("*.pid")]
            demo.send_signal(signal.SIGINT)
            assert demo.wait(120) == 0
    assert len(pids) == 3
    assert [pid for pid in pids if Path(f"/proc/{pid}").exists()] == []
    status = (sys.executable, "-m", "project.embedded", "status")
    words = subprocess.run(status, cwd=checkout, env=ENVIRON, capture_output=True, text=True, check=True)
    assert words.stdout.count("runs on 127.0.0.1") == 2


@pytest.mark.slow
def test_next_start_has_everything_already(checkout: Path) -> None:
    port, log = free_port(), checkout / "again.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(command(port), cwd=checkout, env=ENVIRON, stdout=output, stderr=output) as demo,
    ):
        try:
            told = wait_for("Everything is there", log, demo, seconds=300)
            assert "Importing" not in told
            assert (checkout / "var" / "demo" / "password").read_text() in told
        finally:
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(120) == 0


@pytest.mark.slow
def test_demo_is_refused_on_a_port_in_use(checkout: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            command(port), cwd=checkout, env=ENVIRON, capture_output=True, text=True, check=False
        )
    hint = f"Choose another one: make demo PORT={port + 1}"
    assert done.returncode == 1
    assert done.stderr.strip() == f"CommandError: Port {port} is in use by another program. {hint}"


@pytest.mark.slow
@pytest.mark.parametrize(("option", "value"), [("--port", "0"), ("--port", "http"), ("--days", "0")])
def test_demo_with_a_wrong_option_is_wrong_usage(checkout: Path, option: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", option, value],
        cwd=checkout,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2


@pytest.mark.django_db
def test_demo_is_refused_on_a_database_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://insights_app@db.example/insights")
    make_tenant("acme")
    with pytest.raises(CommandError) as refusal:
        call_command("demo", "--port", str(free_port()))
    assert str(refusal.value) == (
        "This database holds tenants that are not the demo's (acme). The demo needs one of its own: "
        "unset DATABASE_URL, or use another checkout."
    )


@pytest.mark.django_db
def test_demo_is_refused_when_its_story_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told again from another instant, its events would be others and come beside the old ones."""
    monkeypatch.setattr(settings, "VAR_DIR", tmp_path)
    make_tenant(
        "kestrel", provider=Provider.objects.create(slug="southbank-systems", name="Southbank Systems")
    )
    with pytest.raises(CommandError, match="Begin anew: make stop, then remove var/embedded and var/demo"):
        call_command("demo", "--port", str(free_port()))
    assert not (tmp_path / "log").exists()
