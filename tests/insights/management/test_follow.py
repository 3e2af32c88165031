"""`manage.py follow`: what it stores, where it goes on, and what it says when it cannot."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGTERM
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from insights.ingest.sources import change_source
from insights.ingest.undo import undo_import
from insights.management.commands import follow as follow_command
from insights.models import FollowedFile, ImportKind, LogImport, Source, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted
from tests.insights.ingest.lines import message, messages
from tests.ports import free_port
from tests.processes import ends_well, manage, start, until
from tests.wire import url_over, wire

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


@pytest.fixture(autouse=True)
def _clock() -> None:
    """The command has the machine's."""


def follow(path: Path | str, *more: str, tenant: str = "acme", source: str = "mx1") -> str:
    out = io.StringIO()
    options = ("--tenant", tenant, "--source", source, "--once", *more)
    call_command("follow", str(path), *options, stdout=out)
    return out.getvalue()


def test_log_is_stored_and_gone_on_with(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    data = messages(START, 3)
    path.write_bytes(data[:-20])
    told = follow(path, "--time-zone", "UTC")
    assert f"{path}: followed from its beginning into “mx1” of acme." in told
    assert "14 lines read: 3 events stored, 0 known before." in told
    path.write_bytes(data + message(START + timedelta(minutes=9), queue_id="B1"))
    assert "6 lines read: 1 events stored, 0 known before." in follow(path)
    with tenant_scope([cast.acme.pk]):
        assert Submission.objects.count() == 4
        accounts = list(LogImport.objects.all())  # there is one each day
        assert {one.kind for one in accounts} == {ImportKind.FOLLOWED}
        assert sum(one.lines for one in accounts) == 20
        assert sum(one.submissions_stored for one in accounts) == 4
        assert FollowedFile.objects.get().place["offset"] == path.stat().st_size
        assert Source.objects.get().last_line_at == START + timedelta(minutes=9)
    assert_recounted(cast.acme)


def test_file_that_was_imported_before_adds_nothing(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(messages(START, 2))
    call_command(
        "ingest", path, "--tenant=acme", "--source=mx1", f"--year={START.year}", "--time-zone=UTC", "--json"
    )
    assert "0 events stored, 2 known before." in follow(path)


def test_table_whose_columns_nobody_has_named_is_refused_and_read_once_they_are(
    cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "mail.csv"
    path.write_text(f"at,user\n{START.isoformat()},ann\n")
    said = r"which column of “mx1” is what: give the source its `mapping` first"
    with pytest.raises(CommandError, match=said):
        follow(path, "--format", "csv")
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()
        made = Source.objects.create(tenant=cast.acme, name="mx1", format="csv", time_zone="UTC")
    with pytest.raises(CommandError, match=said):
        follow(path)
    with tenant_scope([cast.acme.pk]):
        made.mapping = {"columns": {"time": "at", "account": "user"}, "time_format": "iso"}
        made.save()
    assert "2 lines read: 1 events stored" in follow(path, "--format", "csv")


def test_table_that_loses_its_columns_meanwhile_ends_with_words(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody makes another kind of the source, and a table again, while its file is followed."""
    path = tmp_path / "mail.csv"
    path.write_text(f"at,user\n{START.isoformat()},ann\n")
    with tenant_scope([cast.acme.pk]):
        made = Source.objects.create(
            tenant=cast.acme,
            name="mx1",
            format="csv",
            time_zone="UTC",
            mapping={"columns": {"time": "at", "account": "user"}, "time_format": "iso"},
        )
    announce = follow_command.Command._announce

    def loses_it(self: follow_command.Command, *told: Any) -> None:
        announce(self, *told)
        with tenant_scope([cast.acme.pk]):
            change_source(made, name="mx1", format="ndjson", time_zone="UTC")

    monkeypatch.setattr(follow_command.Command, "_announce", loses_it)
    with pytest.raises(CommandError, match="mx1: Nobody has said yet which column of this source is what"):
        follow(path)


def test_rotated_files_are_read_first_when_asked_for(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "mail.log.1").write_bytes(message(START, queue_id="A1"))
    (tmp_path / "mail.log").write_bytes(message(START + timedelta(minutes=1), queue_id="A2"))
    assert "5 lines read: 1 events stored" in follow(tmp_path / "mail.log", tenant="globex")
    assert "10 lines read: 2 events stored" in follow(tmp_path / "mail.log", "--from-start")


def test_day_of_followed_lines_can_be_undone(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(messages(START, 2))
    follow(path)
    with tenant_scope([cast.acme.pk]):
        undo_import(LogImport.objects.get(), now=datetime.now(UTC))
        assert not Submission.objects.exists()
    assert_recounted(cast.acme)


def test_file_that_is_not_there_ends_a_single_run_with_one(cast: Cast, tmp_path: Path) -> None:
    ended = manage("follow", tmp_path / "no.log", "--tenant", "acme", "--source", "mx1", "--once")
    assert ended.returncode == 1
    assert f"{tmp_path / 'no.log'}: No such file or directory; it is tried again." in ended.stdout


def test_it_ends_with_zero_when_told_to(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(messages(START, 2))
    with start("manage.py", "follow", path, "--tenant", "acme", "--source", "mx1") as process:

        def is_stored() -> bool:
            with tenant_scope([cast.acme.pk]):
                return Submission.objects.count() == 2

        until(is_stored, process=process)
        process.send_signal(SIGTERM)
        assert "10 lines read: 2 events stored, 0 known before." in ends_well(process)


def test_database_that_is_away_is_waited_for(cast: Cast, tmp_path: Path) -> None:
    path, port = tmp_path / "mail.log", free_port()
    path.write_bytes(messages(START, 2))
    command = ("manage.py", "follow", path, "--tenant", "acme", "--source", "mx1")

    def are_stored(count: int) -> bool:
        with tenant_scope([cast.acme.pk]):
            return Submission.objects.count() == count

    with start(*command, DATABASE_URL=url_over(port), PYTHONUNBUFFERED="1") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("The database does not answer, tried again in 0.5 s: ")
        with wire(port):
            until(lambda: are_stored(2), process=process)
        with path.open("ab") as log:
            log.write(messages(START, 3, first=2))
        while "not stored yet, tried again in 0.5 s" not in (line := process.stdout.readline()):
            assert line
        with wire(port):
            until(lambda: are_stored(5), process=process)
            process.send_signal(SIGTERM)
            assert "25 lines read: 5 events stored, 0 known before." in ends_well(process)
    assert_recounted(cast.acme)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tenant": "nobody"}, "There is no tenant “nobody”."),
        ({"format": "exim"}, "--format: The source “mx1” has the format postfix."),
        (
            {"time_zone": "Mars/Olympus"},
            "--time-zone: “Mars/Olympus” is not an IANA time zone, for instance Europe/Berlin.",
        ),
        ({"interval": 0.0}, "--interval is between 0.01 and 3600 seconds."),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(
    cast: Cast, tmp_path: Path, options: dict[str, object], told: str
) -> None:
    with tenant_scope([cast.acme.pk]):
        Source.objects.create(tenant=cast.acme, name="mx1", format="postfix", time_zone="UTC")
    wanted = {"tenant": "acme", "source": "mx1", "once": True, **options}
    with pytest.raises(CommandError, match=told.replace(".", r"\.")):
        call_command("follow", str(tmp_path / "mail.log"), **wanted)
