"""Uploading a log of a shared server, and the page of its import: progress, whose the events are, undoing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from insights.ingest.shared.places import make_server
from insights.models import ImportKind, ImportStatus, LogImport
from insights.tasks import import_log, undo_log_import
from tenants.models import User
from tenants.scope import tenant_scope
from tests.imports import events_of
from tests.insights.ingest.shared.servers import assert_shared, mixed_log
from tests.insights.web.shared.stage import AT, NORTH, Stage
from tests.insights.web.week import words

ClientOf = Callable[[User], Client]


def upload(client: Client, stage: Stage, data: bytes, *, year: str = "2026", **more: str) -> Any:
    headers = {"HX-Request": "true"} if more.pop("htmx", "") else {}
    file = SimpleUploadedFile("mail.log", data)
    return client.post(f"{stage.page}upload/", {"file": file, "year": year, **more}, headers=headers)


def newest(stage: Stage) -> LogImport:
    with tenant_scope([stage.inbox.pk]):
        newest = LogImport.objects.exclude(kind=ImportKind.SHARED).order_by("-created_at", "-pk").first()
    assert newest is not None
    return newest


def test_upload_is_read_by_a_worker_and_told_on_its_page(
    stage: Stage, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(stage.cast.bob)
    assert "Upload a log of hub" in words(client.get(f"{stage.page}upload/"))
    with django_capture_on_commit_callbacks() as queued:
        answer = upload(client, stage, mixed_log(AT + timedelta(days=1), first=60))
    log_import = newest(stage)
    address = f"{NORTH}shared/imports/{log_import.pk}/"
    assert (answer.status_code, answer["Location"], len(queued)) == (303, address, 1)
    assert (log_import.status, log_import.created_by) == (ImportStatus.WAITING, stage.cast.bob)
    page = client.get(address)
    assert b'hx-trigger="every 1s"' in page.content
    assert "Recognised as Postfix" in words(page)
    import_log(tenant_id=str(stage.inbox.pk), import_id=str(log_import.pk))
    page = client.get(address)
    said = words(page)
    assert b"hx-trigger" not in page.content
    assert "Acme 3 Globex 3 Inbox 6 Stored 12" in said
    part = client.get(address, headers={"HX-Target": "import"})
    assert ("HX-Target" in part["Vary"], b"<html" in part.content) == (True, False)
    assert_shared(stage.cast, stage.inbox, events=24)


def test_upload_by_htmx_is_sent_on(stage: Stage, client_of: ClientOf) -> None:
    answer = upload(client_of(stage.cast.bob), stage, mixed_log(AT), htmx="yes")
    assert answer["HX-Redirect"] == f"{NORTH}shared/imports/{newest(stage).pk}/"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02" * 400, "is not a text file"),
        (
            b"2026-11-20 08:00:00 1vMAaa-0001aB-1x <= a@b.example H=(c) [192.0.2.1] P=esmtpsa X=TLS1.3:x:256"
            b" A=plain:a@b.example S=100\n" * 20,
            "Exim",
        ),
    ],
)
def test_upload_that_cannot_be_is_refused(stage: Stage, client_of: ClientOf, data: bytes, said: str) -> None:
    before = newest(stage)
    answer = upload(client_of(stage.cast.bob), stage, data)
    assert (answer.status_code, said in words(answer)) == (200, True)
    assert newest(stage) == before


def test_upload_without_a_year_asks_for_it(stage: Stage, client_of: ClientOf) -> None:
    with tenant_scope([stage.inbox.pk]):
        type(stage.server).objects.update(parser_state=None)
    answer = upload(client_of(stage.cast.bob), stage, mixed_log(AT + timedelta(days=1)), year="")
    assert "Give the year of the first line." in words(answer)


def test_table_whose_columns_nobody_named_is_refused_with_the_way(stage: Stage, client_of: ClientOf) -> None:
    table = make_server(stage.cast.north, name="gateway", format="csv", time_zone="UTC")
    file = SimpleUploadedFile("gateway.csv", b"Time;User\n2026-11-20 10:00;anna@acme.example\n")
    answer = client_of(stage.cast.bob).post(f"{NORTH}shared/{table.pk}/upload/", {"file": file})
    assert "with the ingest command: --provider, and --mapping FILE.json." in words(answer)


def test_upload_over_the_limit_is_refused_unread(stage: Stage, client_of: ClientOf, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 0
    answer = upload(client_of(stage.cast.bob), stage, b"x" * 100_000)
    assert (answer.status_code, "The file is larger than" in words(answer)) == (413, True)


def test_import_is_undone_from_every_tenant(
    stage: Stage, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(stage.cast.bob)
    address = f"{NORTH}shared/imports/{stage.log_import.pk}/"
    page = words(client.get(f"{address}undo/"))
    assert "8 submissions and 4 failed logins that this import stored are removed." in page
    assert "They go from the inbox and from 2 customers" in page
    with django_capture_on_commit_callbacks() as queued:
        assert client.post(f"{address}undo/")["Location"] == address
    assert len(queued) == 1
    assert "Its events are being removed" in words(client.get(address))
    undo_log_import(tenant_id=str(stage.inbox.pk), import_id=str(stage.log_import.pk))
    assert [events_of(one) for one in (stage.inbox, stage.cast.acme, stage.cast.globex)] == [0, 0, 0]
    client.post(f"{address}undo/")
    assert "This import is undone and cannot be undone." in words(client.get(address))


def test_failed_import_goes_on_only_with_its_file(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.bob)
    with tenant_scope([stage.inbox.pk]):
        LogImport.objects.filter(pk=stage.log_import.pk).update(status=ImportStatus.FAILED)
    address = f"{NORTH}shared/imports/{stage.log_import.pk}/"
    assert client.post(f"{address}retry/")["Location"] == address
    assert "The file is no longer there: upload it again." in words(client.get(address))


def test_share_has_no_page(stage: Stage, client_of: ClientOf) -> None:
    with tenant_scope([stage.inbox.pk, stage.cast.acme.pk]):
        shares = list(LogImport.objects.filter(kind=ImportKind.SHARED))
    assert len(shares) == 2
    for share in shares:
        assert client_of(stage.cast.alice).get(f"{NORTH}shared/imports/{share.pk}/").status_code == 404
