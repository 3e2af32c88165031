"""The image, the compose file and the settings agree, as far as that shows without an engine."""

from __future__ import annotations

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import load_command_class
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = re.compile(r"\$\{([A-Z_]+)")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    assert isinstance(content, dict)
    return content


def names_in_settings() -> set[str]:
    text = (ROOT / "project" / "settings.py").read_text()
    return set(re.findall(r"(?:env\.\w+|_server_url)\(\s*\"([A-Z_]+)\"", text))


def names_in_example() -> set[str]:
    """Return the variables of the example; those of a profile stand there as comments."""
    return set(re.findall(r"(?m)^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text()))


def dockerfile_instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    matches = re.findall(r"(?m)^([A-Z]+) +(.*)$", text)
    return [(name, " ".join(rest.split())) for name, rest in matches]


def test_services_are_those_of_the_design(compose: dict[str, Any]) -> None:
    services = compose["services"]
    always = {name for name, service in services.items() if "profiles" not in service}
    assert always == {"web", "worker", "beat", "migrate", "postgres", "redis"}
    assert {name: services[name]["profiles"] for name in set(services) - always} == {
        "syslog": ["syslog"],
        "follow": ["follow"],
    }


def test_variables_of_the_application_are_read_by_the_settings(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat", "syslog", "follow"):
        assert set(compose["services"][name]["environment"]) - names_in_settings() == set()
    assert set(compose["services"]["migrate"]["environment"]) - names_in_settings() == {"SUPERUSER_URL"}


def test_only_migrations_know_the_owner_and_the_superuser(compose: dict[str, Any]) -> None:
    knowing = {
        name
        for name, service in compose["services"].items()
        if {"DATABASE_OWNER_URL", "SUPERUSER_URL"} & set(service.get("environment", {}))
    }
    assert knowing == {"migrate"}


def test_example_file_names_exactly_what_compose_asks_for() -> None:
    assert names_in_example() == set(REFERENCE.findall((ROOT / "docker-compose.yml").read_text()))


def test_secrets_of_the_example_file_are_empty() -> None:
    text = (ROOT / ".env.example").read_text()
    assert re.findall(r"(?m)^(\w*(?:PASSWORD|SECRET)\w*)=(.+)$", text) == []


def test_everybody_waits_for_the_migrations(compose: dict[str, Any]) -> None:
    for name in ("web", "worker", "beat", "syslog", "follow"):
        conditions = {
            on: wanted["condition"] for on, wanted in compose["services"][name]["depends_on"].items()
        }
        assert conditions == {
            "migrate": "service_completed_successfully",
            "postgres": "service_healthy",
            "redis": "service_healthy",
        }


def test_web_and_worker_share_the_files(compose: dict[str, Any]) -> None:
    assert {name: compose["services"][name]["volumes"] for name in ("web", "worker")} == {
        "web": ["files:/data"],
        "worker": ["files:/data"],
    }
    assert ("ENV", "FILES_DIR=/data/files") in [
        (name, word) for name, rest in dockerfile_instructions() for word in rest.split()
    ]


def test_broker_and_database_keep_what_they_are_given(compose: dict[str, Any]) -> None:
    redis, postgres = compose["services"]["redis"], compose["services"]["postgres"]
    assert "--appendonly yes" in redis["command"][-1]
    assert redis["volumes"] == ["redis:/data"]
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql/data"]
    assert all("ports" not in service for service in (redis, postgres))


def test_follow_reads_a_folder_of_the_machine_that_it_cannot_write(compose: dict[str, Any]) -> None:
    service = compose["services"]["follow"]
    assert [one for one in service["volumes"] if one != "files:/data"] == ["${FOLLOW_DIR:-/var/log}:/logs:ro"]
    assert service["group_add"] == ["${FOLLOW_GROUP:-4}"]
    asked = {"FOLLOW_FILE": "mx.log", "FOLLOW_TENANT": "acme", "FOLLOW_SOURCE": "mx 1"}
    command = [
        re.sub(r"\$\{([A-Z_]+):-([^}]*)\}", lambda found: asked.get(found[1], found[2]), word)
        for word in service["command"]
    ]
    assert command[:3] == ["python", "manage.py", "follow"]
    parser = load_command_class("insights", "follow").create_parser("manage.py", "follow")
    options = parser.parse_args(command[3:])
    assert (options.files, options.tenant, options.source) == (["/logs/mx.log"], "acme", "mx 1")
    assert (options.format, options.from_start, options.once) == ("postfix", True, False)


def test_celery_application_of_the_commands_exists(compose: dict[str, Any]) -> None:
    for name in ("worker", "beat"):
        command = compose["services"][name]["command"]
        assert command[:2] == ["celery", "--app=project.celery"]
        assert command[2] == name
    assert import_module("project.celery").app.conf.broker_url


def test_image_serves_the_application_and_asks_its_health() -> None:
    instructions = dict(dockerfile_instructions())
    assert json.loads(instructions["CMD"])[:2] == ["gunicorn", "project.wsgi"]
    assert callable(import_module("project.wsgi").application)
    assert f"http://127.0.0.1:8000{reverse('health-live')}'" in instructions["HEALTHCHECK"]
    assert instructions["USER"] == "insights"


def test_image_copies_only_what_exists_and_is_not_ignored() -> None:
    ignored = set((ROOT / ".dockerignore").read_text().split("\n"))
    stages = {
        rest.split(" AS ")[1] for name, rest in dockerfile_instructions() if " AS " in rest and name == "FROM"
    }
    for name, rest in dockerfile_instructions():
        if name != "COPY":
            continue
        if rest.startswith("--from="):
            assert rest.split()[0].removeprefix("--from=") in stages
            continue
        sources = rest.split()[:-1]
        assert [source for source in sources if not (ROOT / source).exists() or source in ignored] == []
