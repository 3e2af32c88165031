"""`manage.py ingest`: its accounting as JSON and in words, its exit codes, what it refuses before it begins."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, execute_from_command_line
from django.utils import timezone

from insights.models import ImportStatus, LogImport, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import events_of, kept
from tests.insights.ingest.lines import message, messages, refused_login
from tests.insights.ingest.shared.servers import accept

SUMS = ("lines", "event", "evidence", "other", "unrecognised", "events", "stored", "duplicate")
KEYS = [
    "tenant", "source", "format", "status", *SUMS, "unrecognised_by_reason", "submissions", "failures",
    "held_bytes", "files", "not_begun",
]  # fmt: skip
OTHER_NAME = "Use another source name, or change the zone on its page while it holds no events."
FILE_KEYS = [
    "file", "import", "status", "message", "lines", "event", "evidence", "other", "unrecognised",
    "unrecognised_by_reason", "events", "stored", "duplicate", "submissions", "failures", "held_bytes",
    "first_at", "last_at",
]  # fmt: skip


def yesterday() -> datetime:
    return timezone.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)


def log_of(folder: Path, name: str, *, days_ago: int = 0, first: int = 0) -> Path:
    at = yesterday() - timedelta(days=days_ago)
    path = folder / name
    path.write_bytes(messages(at, 2, first=first) + refused_login(at) + b"junk\n")
    return path


def run(*files: Path, **options: Any) -> tuple[int, dict[str, Any], str]:
    """Run the command; return its exit code, the JSON it printed and what it said beside."""
    out, errors = StringIO(), StringIO()
    wanted = {"tenant": "acme", "source": "mx1", "time_zone": "UTC", "year": yesterday().year, "json": True}
    code = 0
    try:
        chosen = {name: value for name, value in (wanted | options).items() if value is not None}
        call_command("ingest", *files, stdout=out, stderr=errors, **chosen)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, json.loads(out.getvalue()), errors.getvalue()


def test_keys_of_the_json_are_the_documented_ones(cast: Cast, tmp_path: Path) -> None:
    code, numbers, errors = run(log_of(tmp_path, "mail.log"))
    assert (code, errors) == (0, "")
    assert list(numbers) == KEYS
    assert list(numbers["files"][0]) == FILE_KEYS
    assert {key: numbers[key] for key in KEYS[:4]} == {
        "tenant": "acme",
        "source": "mx1",
        "format": "postfix",
        "status": "done",
    }
    assert [numbers[key] for key in SUMS] == [12, 3, 8, 0, 1, 3, 3, 0]
    assert numbers["unrecognised_by_reason"] == {"no_stamp": 1}
    assert numbers["submissions"] == {"stored": 2, "duplicate": 0}
    assert numbers["failures"] == {"stored": 1, "duplicate": 0}
    first, last = (datetime.fromisoformat(numbers["files"][0][key]) for key in ("first_at", "last_at"))
    assert (first, last) == (yesterday(), yesterday() + timedelta(minutes=1))


def test_sums_are_those_over_the_files(cast: Cast, tmp_path: Path) -> None:
    files = [log_of(tmp_path, "mail.log.1", days_ago=2), log_of(tmp_path, "mail.log", first=5)]
    code, numbers, _ = run(*files)
    assert (code, numbers["not_begun"]) == (0, [])
    assert [file["file"] for file in numbers["files"]] == ["mail.log.1", "mail.log"]
    assert [numbers[key] for key in SUMS] == [sum(file[key] for file in numbers["files"]) for key in SUMS]
    assert numbers["stored"] == events_of(cast.acme) == 6


def test_year_is_that_of_the_first_file_alone(cast: Cast, tmp_path: Path) -> None:
    newest, oldest = datetime(2026, 1, 9, 9, 0), datetime(2025, 12, 20, 9, 0)  # noqa: DTZ001 - only for stamps
    cast.acme.retention_days = 5_000
    cast.acme.save()
    files = []
    for number, at in enumerate((newest, oldest, newest + timedelta(days=30))):
        files.append(tmp_path / f"{number}.log")
        files[-1].write_bytes(messages(at, 1, first=number))
    assert run(*files, year=2026)[0] == 0
    days = sorted(f"{row[1]:%Y-%m-%d}" for row in kept(cast.acme).submissions)
    assert days == ["2025-12-20", "2026-01-09", "2026-02-08"]


def test_refused_file_ends_the_run_and_names_what_was_not_begun(cast: Cast, tmp_path: Path) -> None:
    good, later = log_of(tmp_path, "mail.log.1", days_ago=2), log_of(tmp_path, "mail.log", first=5)
    empty = tmp_path / "empty.log"
    empty.touch()
    code, numbers, errors = run(good, empty, later)
    assert (code, numbers["status"], numbers["not_begun"]) == (1, "refused", [str(later)])
    assert errors == f"empty.log: empty.log is empty. Not begun: {later}.\n"
    assert [file["status"] for file in numbers["files"]] == ["done", "refused"]
    assert numbers["stored"] == events_of(cast.acme) == 3


def test_words_say_the_same(cast: Cast, tmp_path: Path) -> None:
    out = StringIO()
    path = log_of(tmp_path, "mail.log")
    path.write_bytes(path.read_bytes() + b"half a l")
    call_command("ingest", path, tenant="acme", source="mx1", year=yesterday().year, stdout=out)
    assert [line.strip() for line in out.getvalue().splitlines()] == [
        "mail.log: done",
        "12 lines = 3 event + 8 evidence + 0 other + 1 unrecognised",
        "3 events = 3 stored + 0 duplicate",
        "1 unrecognised: no_stamp",
        "8 bytes of an unfinished last line wait for the next import of this source",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"tenant": "nobody"}, "There is no tenant “nobody”. Create it with `manage.py create_tenant`."),
        (
            {"time_zone": "Mars/X"},
            "--time-zone: “Mars/X” is not an IANA time zone, for instance Europe/Berlin.",
        ),
        ({"year": 1900}, "--year: 1900 is not between 1970 and next year."),
        ({"source": ""}, "--source: a name has 1 to 100 characters."),
        ({"source": "x" * 101}, "--source: a name has 1 to 100 characters."),
        (
            {"source": "known", "time_zone": "Asia/Seoul"},
            f"The source “known” has the time zone Europe/Berlin, not Asia/Seoul. {OTHER_NAME}",
        ),
    ],
)
def test_wrong_destination_is_refused(
    cast: Cast, tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    with tenant_scope([cast.acme.pk]):
        Source.objects.create(tenant=cast.acme, name="known", time_zone="Europe/Berlin")
    with pytest.raises(CommandError) as refused:
        run(log_of(tmp_path, "mail.log"), **options)
    assert (str(refused.value), refused.value.returncode) == (words, 1)
    with tenant_scope([cast.acme.pk]):
        assert not LogImport.objects.exists()


def test_missing_file_is_refused_before_anything_is_imported(cast: Cast, tmp_path: Path) -> None:
    missing = tmp_path / "missing.log"
    with pytest.raises(CommandError) as refused:
        run(log_of(tmp_path, "mail.log"), missing)
    words = f"{missing}: No such file or directory. Nothing was imported."
    assert (str(refused.value), refused.value.returncode) == (words, 1)
    with pytest.raises(CommandError, match="Is a directory"):
        run(tmp_path)
    assert events_of(cast.acme) == 0


def test_file_name_of_any_bytes_is_imported(cast: Cast, tmp_path: Path) -> None:
    log_of(tmp_path, "mail.log").rename(tmp_path / os.fsdecode(b"m\xe4il.log"))
    _, numbers, _ = run(tmp_path / os.fsdecode(b"m\xe4il.log"))
    assert [file["file"] for file in numbers["files"]] == [r"m\xe4il.log"]


def test_new_source_takes_the_tenants_zone(cast: Cast, tmp_path: Path) -> None:
    assert run(log_of(tmp_path, "mail.log"), time_zone=None, source="new")[0] == 0
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.get().time_zone == Tenant.objects.get(slug="acme").time_zone
        assert LogImport.objects.get().status == ImportStatus.DONE


@pytest.mark.parametrize(
    "words",
    [
        ["ingest"],
        ["ingest", "mail.log"],
        ["ingest", "mail.log", "--tenant", "acme"],
        ["ingest", "mail.log", "--tenant", "acme", "--source", "mx1", "--year", "this"],
        ["ingest", "mail.log", "--tenant", "acme", "--source", "mx1", "--format", "qmail"],
        ["ingest", "mail.log", "--tenant", "acme", "--source", "mx1", "--wrong"],
        ["recount", "acme"],
        ["create_tenant", "--name", "X"],
    ],
)
def test_wrong_usage_exits_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", *words])
    assert ended.value.code == 2
    assert f"manage.py {words[0]}: error: " in capsys.readouterr().err


def test_providers_shared_server_is_read_once_for_all_of_them(cast: Cast, tmp_path: Path) -> None:
    accept(cast.acme, "acme.example")
    path = log_of(tmp_path, "hub.log")
    wanted = {"tenant": None, "provider": "north", "source": "hub"}
    code, numbers, _errors = run(path, **wanted)
    inbox = Tenant.objects.get(slug=numbers["tenant"])
    assert (code, numbers["stored"], events_of(cast.acme), events_of(inbox)) == (0, 3, 2, 1)
    assert run(path, **wanted)[1]["stored"] == 0
    path.write_bytes(path.read_bytes() + message(yesterday() + timedelta(hours=1), queue_id="F1"))
    out = StringIO()
    call_command("ingest", path, provider="north", source="hub", year=yesterday().year, stdout=out)
    assert [line.strip() for line in out.getvalue().splitlines()[-2:]] == ["1 at acme", "0 in the inbox"]
    with pytest.raises(CommandError, match="fed by the provider's shared server"):
        run(path, source="hub")
    with pytest.raises(CommandError, match="There is no provider “nowhere”"):
        run(path, **wanted | {"provider": "nowhere"})
