"""Imports over the API: their accounting, their undoing, and what they could not make use of."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from insights.ingest.undo import undo_import
from insights.models import ImportStatus, LogImport
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.imports import events_of, imported
from tests.insights.ingest.lines import messages
from tests.insights.web.import_rows import COUNTED, again, make_import, make_overlap, make_samples
from tests.insights.web.week import NOW, days_ago

LIST = "tenants/acme/imports/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def api(cast: Cast) -> Api:
    """A key of acme that may read."""
    return tenant_api(cast.acme)


@pytest.fixture
def admin(cast: Cast) -> Api:
    """A key of acme that may change things."""
    return tenant_api(cast.acme, Scope.ADMIN)


def test_import_has_its_accounting(cast: Cast, api: Api) -> None:
    made = make_import(cast.acme, created_by=cast.bob, finished_at=NOW, year=2026, **COUNTED)
    (row,) = api.read(LIST)["results"]
    assert api.read(f"{LIST}{made.pk}/") == row | {"stored_before": [], "stored_by_this": []}
    assert row == {
        "id": str(made.pk),
        "kind": "file",
        "source": "mx1",
        "file_name": "mail.log",
        "size_bytes": 22_345_111,
        "bytes_read": 22_345_111,
        "year": 2026,
        "status": "done",
        "message": "",
        "created_at": "2026-11-17T11:00:00Z",
        "created_by": "Bob",
        "finished_at": "2026-11-17T12:00:00Z",
        "can_undo": True,
        "accounting": {
            "lines": 41_759,
            "event": 4_210,
            "evidence": 28_123,
            "other": 8_121,
            "unrecognised": 1_305,
            "unrecognised_by_reason": {"before_retention": 1_290, "no_stamp": 12, "of_a_later_version": 3},
            "events": 4_210,
            "stored": 4_112,
            "duplicate": 98,
            "submissions": {"stored": 4_011, "duplicate": 91},
            "failures": {"stored": 101, "duplicate": 7},
            "held_bytes": 0,
            "first_at": "2026-11-12T09:00:00Z",
            "last_at": "2026-11-15T09:00:00Z",
        },
    }


def test_list_comes_in_pages_newest_first(cast: Cast, api: Api) -> None:
    made = [make_import(cast.acme, file_name=f"{number}.log") for number in range(5)]
    with tenant_scope([cast.acme.pk]):
        for number, one in enumerate(made):
            LogImport.objects.filter(pk=one.pk).update(created_at=NOW - timedelta(hours=number))
    answer = api.read(LIST, limit=2)
    names = [one["file_name"] for one in answer["results"]]
    while answer["next"]:
        answer = api.read(LIST, **dict[str, Any](parse_qsl(urlsplit(answer["next"]).query)))
        names += [one["file_name"] for one in answer["results"]]
    assert names == [f"{number}.log" for number in range(5)]


def test_list_is_narrowed(cast: Cast, api: Api) -> None:
    make_import(cast.acme, file_name="a.log")
    make_import(cast.acme, file_name="b.log", source="mx2", status=ImportStatus.FAILED)
    make_import(cast.acme, file_name="Log lines over the API, 2026-11-17", kind="lines")
    make_import(cast.initech, file_name="canary.log")

    def names(**query: Any) -> set[str]:
        return {one["file_name"] for one in api.read(LIST, **query)["results"]}

    assert names(source="mx2") == names(status="failed") == {"b.log"}
    assert names(kind="lines") == {"Log lines over the API, 2026-11-17"}
    assert names(source="mx2", status="done") == set()
    assert len(names()) == 3


@pytest.mark.parametrize(
    "query", [{"status": "over"}, {"kind": "mail"}, {"source": "mx9"}, {"source": "canary"}]
)
def test_wrong_filter_is_a_400_that_names_it(cast: Cast, api: Api, query: dict[str, Any]) -> None:
    make_import(cast.initech, source="canary")
    assert [error["field"] for error in api.read(LIST, 400, **query)["errors"]] == list(query)


def test_overlaps_are_named(cast: Cast, api: Api) -> None:
    first, second = make_import(cast.acme, file_name="1.log"), make_import(cast.acme, file_name="2.log")
    make_overlap(second, first, 91)
    overlap = {"file_name": "1.log", "events": 91, "import": str(first.pk)}
    assert api.read(f"{LIST}{second.pk}/")["stored_before"] == [overlap]
    assert api.read(f"{LIST}{first.pk}/")["stored_by_this"] == [
        overlap | {"file_name": "2.log", "import": str(second.pk)}
    ]


def test_import_is_undone(
    cast: Cast, admin: Api, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    log_import = imported(cast.acme, tmp_path, messages(days_ago(1), 3), year=2026, now=NOW)
    with django_capture_on_commit_callbacks() as queued:
        answer = admin.write(f"{LIST}{log_import.pk}/undo/", status=202)
    assert (answer["status"], answer["can_undo"], len(queued)) == ("undoing", False, 1)
    assert "cannot be undone" in admin.write(f"{LIST}{log_import.pk}/undo/", status=409)["detail"]
    with tenant_scope([cast.acme.pk]):
        undo_import(log_import, now=NOW)
    assert admin.read(f"{LIST}{log_import.pk}/")["status"] == "undone"
    assert events_of(cast.acme) == 0


@pytest.mark.parametrize(
    "state",
    [
        ImportStatus.WAITING,
        ImportStatus.RUNNING,
        ImportStatus.REFUSED,
        ImportStatus.UNDOING,
        ImportStatus.UNDONE,
    ],
)
def test_import_that_cannot_be_undone_is_a_409(cast: Cast, admin: Api, state: ImportStatus) -> None:
    log_import = make_import(cast.acme, status=state)
    assert state.value in admin.write(f"{LIST}{log_import.pk}/undo/", status=409)["detail"]
    assert again(log_import).status == state


def test_failed_import_goes_on_as_long_as_its_file_is_there(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    api = tenant_api(cast.acme, Scope.INGEST)
    log_import = make_import(cast.acme, status=ImportStatus.FAILED, stored_file="imports/x", attempts=5)
    path = f"{LIST}{log_import.pk}/retry/"
    assert "upload it again" in api.write(path, status=409)["detail"]
    name = default_storage.save("imports/x", ContentFile(b"x"))
    with django_capture_on_commit_callbacks() as queued:
        assert api.write(path, status=202)["status"] == "waiting"
    assert (len(queued), again(log_import).attempts) == (1, 0)
    api.write(path, status=409)
    default_storage.delete(name)


def test_samples_of_lines_are_given_in_each_form(cast: Cast, api: Api) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    make_samples(log_import, "=1+1", "second", "third")
    make_samples(make_import(cast.initech), "canary")
    path = f"{LIST}{log_import.pk}/unrecognised/"
    answer = api.read(path, limit=2)
    rows = answer["results"]
    rows += api.read(path, **dict[str, Any](parse_qsl(urlsplit(answer["next"]).query)))["results"]
    assert rows == [
        {"line_number": 100 + number, "reason": "no_stamp", "text": text}
        for number, text in enumerate(("=1+1", "second", "third"))
    ]
    file = api.get(f"/api/v1/{path}", {"format": "csv"}).getvalue().decode()
    assert [row["text"] for row in csv.DictReader(io.StringIO(file))] == ["'=1+1", "second", "third"]
    assert api.get(f"/api/v1/{path}", {"format": "xlsx"}).getvalue()[:2] == b"PK"


@pytest.mark.parametrize(("scope", "undo", "retry"), [(Scope.READ, 403, 403), (Scope.INGEST, 403, 409)])
def test_rights_are_asked(cast: Cast, scope: Scope, undo: int, retry: int) -> None:
    log_import = make_import(cast.acme)
    api = tenant_api(cast.acme, scope)
    api.write(f"{LIST}{log_import.pk}/undo/", status=undo)
    api.write(f"{LIST}{log_import.pk}/retry/", status=retry)
    assert again(log_import).status == ImportStatus.DONE


def test_another_tenants_import_is_not_there(cast: Cast, admin: Api) -> None:
    foreign = make_import(cast.initech)
    for more in ("", "unrecognised/"):
        admin.read(f"{LIST}{foreign.pk}/{more}", 404)
    for more in ("undo/", "retry/"):
        admin.write(f"{LIST}{foreign.pk}/{more}", status=404)
    assert again(foreign).status == ImportStatus.DONE


@pytest.mark.parametrize("count", [1, 5])
def test_list_takes_the_same_queries_for_any_number(
    cast: Cast, api: Api, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make_import(cast.acme, source=f"mx{number}", created_by=cast.bob, **COUNTED)
    api.read(LIST)
    with django_assert_num_queries(8):
        assert len(api.read(LIST)["results"]) == count
