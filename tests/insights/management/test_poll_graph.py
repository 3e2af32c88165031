"""The command that asks every directory now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from insights.connectors.graph.manage import connect_directory
from insights.models import Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.connectors.graph.conftest import wanted
from tests.insights.connectors.graph.directory import NOW, Directory, Fault, refusal, serving, sign_in


@pytest.fixture
def directory(settings: Any, cast: Cast) -> Iterator[Directory]:
    with serving(Directory()) as served, time_machine.travel(NOW, tick=False):
        settings.GRAPH_ENDPOINTS = {"global": [served.url, served.url]}
        served.sign_ins = [sign_in(1), sign_in(2)]
        for tenant in (cast.acme, cast.globex):
            with tenant_scope([tenant.pk]):
                connect_directory(tenant, name="Microsoft 365", wanted=wanted())
        yield served


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("poll_graph", *arguments, stdout=out)
    return out.getvalue()


def test_directories_of_all_customers_are_asked(directory: Directory, cast: Cast) -> None:
    assert run() == ("acme: Microsoft 365: 2 sign-ins, 2 new\nglobex: Microsoft 365: 2 sign-ins, 2 new\n")
    with tenant_scope([cast.globex.pk]):
        assert Submission.objects.count() == 2


def test_one_customer_is_asked_and_told_as_json(directory: Directory) -> None:
    told = json.loads(run("--tenant", "acme", "--json"))
    assert (told["ok"], [one["tenant"] for one in told["connections"]]) == (True, ["acme"])
    assert told["connections"][0]["stored"] == 2


def test_failure_ends_with_one(directory: Directory, capsys: pytest.CaptureFixture[str]) -> None:
    directory.faults.append(Fault(403, refusal("Authentication_MSGraphPermissionMissing")))
    with pytest.raises(SystemExit) as ended:
        call_command("poll_graph", "--tenant", "acme")
    assert ended.value.code == 1
    assert "acme: Microsoft 365: The application lacks" in capsys.readouterr().out


def test_customer_that_is_not_there_ends_with_two(directory: Directory) -> None:
    with pytest.raises(CommandError) as refused:
        run("--tenant", "nobody")
    assert refused.value.returncode == 2


def test_nothing_connected_is_said(cast: Cast) -> None:
    assert run("--tenant", "acme") == "No directory is connected.\n"
