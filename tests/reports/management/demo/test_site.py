"""The demo's web server, worker and beat: bound to this machine, with settings that nothing overrides."""

from __future__ import annotations

import socket
from pathlib import Path

import environ
import pytest

from project.embedded.processes import free_port
from reports.management.demo import site
from reports.management.demo.children import marker


def test_free_port_can_be_used() -> None:
    assert site.port_taken(free_port()) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - a program that listens everywhere
def test_port_of_another_program_is_refused(host: str) -> None:
    with socket.socket() as other:
        other.bind((host, 0))
        other.listen()
        port = other.getsockname()[1]
        assert site.port_taken(port) == f"Port {port} is in use by another program"


def test_every_command_is_bound_to_this_machine_and_known_by_its_folder(tmp_path: Path) -> None:
    commands = site.commands(port=8123, root=tmp_path, folder=tmp_path / "var" / "demo")
    assert list(commands) == ["web", "worker", "beat"]
    assert "--bind=127.0.0.1:8123" in commands["web"]
    assert [name for name, command in commands.items() if marker(tmp_path) in f"{' '.join(command)} "] == [
        "web",
        "worker",
        "beat",
    ]


def test_environment_wins_over_settings_of_production(tmp_path: Path) -> None:
    given = {
        "DATABASE_URL": "postgresql://insights_app@127.0.0.1/insights",
        "DATABASE_OWNER_URL": "postgresql://insights_owner@127.0.0.1/insights",
        "SITE_URL": "https://insights.example.com",
        "EMAIL_URL": "smtp+tls://mail.example.com:587",
        "DEBUG": "true",
    }
    found = site.environment(given, port=8123, outbox=tmp_path / "out box+1")
    assert found["DATABASE_URL"] == given["DATABASE_URL"]
    assert "DATABASE_OWNER_URL" not in found
    assert (found["SITE_URL"], found["DEBUG"]) == ("http://localhost:8123", "false")
    mail = environ.Env.email_url_config(found["EMAIL_URL"])
    assert mail["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert mail["EMAIL_FILE_PATH"] == str(tmp_path / "out box+1")
    assert (tmp_path / "out box+1").is_dir()


def test_nothing_answers_on_a_free_port() -> None:
    assert not site.answers(free_port())
