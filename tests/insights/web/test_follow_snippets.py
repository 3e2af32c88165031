"""The texts to follow a file on the server: run, or taken apart as shell, systemd and Compose take them apart."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import load_command_class
from django.test import Client

from insights.models import Source
from insights.web.follow_snippets import follow_kit
from insights.web.snippets import Endpoint
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.lines import messages
from tests.insights.web.week import words
from tests.processes import environment

CONNECT = "/t/acme/sources/connect/"
NAMES = [
    "mx1",
    "mx 1",
    "it's",
    'a "b"',
    "100% $HOME",
    "c:\\logs",
    "@KEY@ @SOURCE@",
    "größe ${x}",
    "`id`; $(id)",
]


def texts(source: str, log_format: str = "postfix") -> dict[str, str]:
    endpoint = Endpoint("https://insights.example.com", "acme", source, log_format)
    return {one.name: one.text for one in follow_kit(endpoint).snippets}


def options(arguments: list[str]) -> Any:
    """Read the arguments as `manage.py follow` does."""
    return load_command_class("insights", "follow").create_parser("manage.py", "follow").parse_args(arguments)


def assert_follows(arguments: list[str], *, source: str, log: str = "/var/log/mail.log") -> None:
    found = options(arguments)
    assert (found.files, found.tenant, found.source, found.format) == ([log], "acme", source, "postfix")
    assert (found.from_start, found.once) == (True, False)


@pytest.mark.parametrize("name", NAMES)
def test_command_is_taken_apart_by_a_shell_as_it_is_meant(name: str) -> None:
    command = texts(name)["follow-command"].replace(".venv/bin/python manage.py follow", "printf '%s\\0'")
    told = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert_follows(told.split("\0")[:-1], source=name)


@pytest.mark.parametrize("name", NAMES)
def test_service_is_one_that_systemd_reads(name: str, tmp_path: Path) -> None:
    unit = texts(name)["follow-service"]
    (command,) = re.findall(r"(?m)^ExecStart=(.*)$", unit)
    assert command.startswith("/opt/insights/.venv/bin/python manage.py follow ")
    # systemd.service(5): within double quotes a backslash escapes; %% and $$ are the signs themselves.
    found = [re.sub(r"%%|\$\$", lambda sign: sign[0][0], word) for word in shlex.split(command)]
    plain = re.sub(r"%%|\$\$|\\.", "", command)
    assert not re.search(r"[%$\\]", plain)
    assert_follows(found[3:], source=name)
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze: install Debian's `systemd`")
    file = tmp_path / "insights-follow.service"
    file.write_text(
        unit.replace("/opt/insights/.venv/bin/python", "/bin/echo").replace("User=insights", "User=root")
    )
    done = subprocess.run(["systemd-analyze", "verify", file], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "insights-follow" in line] == []


@pytest.mark.parametrize("name", NAMES)
def test_variables_are_those_of_the_service_in_compose(name: str) -> None:
    text = texts(name)["follow-compose"]
    found = dict(re.findall(r"(?m)^(FOLLOW_[A-Z]+)='?(.*?)'?$", text))
    asked = set(re.findall(r"\$\{(FOLLOW_[A-Z]+)", (settings.BASE_DIR / "docker-compose.yml").read_text()))
    assert set(found) == asked
    # Compose's documentation: what stands within single quotes is literal, but for an escaped quote.
    assert found["FOLLOW_SOURCE"].replace("\\'", "'") == name
    assert (found["FOLLOW_DIR"], found["FOLLOW_FILE"], found["FOLLOW_TENANT"]) == (
        "/var/log",
        "mail.log",
        "acme",
    )


def test_log_of_exim_is_where_debian_has_it() -> None:
    found = texts("mx1", "exim")
    assert "follow /var/log/exim4/mainlog --tenant acme --source mx1 --format exim" in found["follow-command"]
    assert "FOLLOW_DIR=/var/log/exim4\nFOLLOW_FILE=mainlog\n" in found["follow-compose"]


def test_page_has_them_without_a_key(cast: Cast, client_of: Callable[[User], Client]) -> None:
    source = make_source(cast.acme, "mx 1")
    shown = words(client_of(cast.bob).get(f"{CONNECT}?source={source.pk}"))
    assert "A file on this server" in shown
    assert (
        "manage.py follow /var/log/mail.log --tenant acme --source 'mx 1' --format postfix --from-start"
        in shown
    )


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_command_of_the_page_stores_every_line(cast: Cast, tmp_path: Path) -> None:
    """Run as it stands, in a folder that is laid out like an installation."""
    with tenant_scope([cast.acme.pk]):
        Source.objects.create(tenant=cast.acme, name="it's mx 1", format="postfix", time_zone="UTC")
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    log = tmp_path / "mail.log"
    log.write_bytes(messages(at, 5))
    (tmp_path / "mail.log.1").write_bytes(messages(at - timedelta(hours=1), 3, first=500))
    command = texts("it's mx 1")["follow-command"].replace("/var/log/mail.log", str(log))
    command = command.replace(".venv/bin/python", sys.executable)
    done = subprocess.run(
        ["sh", "-c", command.rstrip() + " --once"],
        cwd=settings.BASE_DIR,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), done
    assert stored(cast.acme) == (8, 0)
