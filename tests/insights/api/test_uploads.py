"""Uploading a log over the API: who may, what becomes of it, and what is said when it is refused."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from insights.ingest.run import run_import
from insights.models import ImportStatus, Source, SubmissionDay
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.factories import make_source
from tests.imports import events_of
from tests.insights.web.import_rows import LOG, again, imports_of
from tests.insights.web.week import NOW

PAGE = "/api/v1/tenants/acme/imports/"
EXIM = b"2026-11-16 10:00:00 1vTc2R-000DJZ-Lc <= a@b.example H=x [192.0.2.9] P=esmtpsa X=TLS1.3:X A=login:ann S=391\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def api(cast: Cast) -> Api:
    """A key of acme that may send."""
    return tenant_api(cast.acme, Scope.INGEST)


def _upload(
    client: Client, status: int, data: bytes | None = LOG, *, name: str = "mail.log", **fields: Any
) -> Any:
    form = {"source": "mx1", "year": "2026", **fields}
    if data is not None:
        form["file"] = BytesIO(data)
        form["file"].name = name
    response = client.post(PAGE, {key: value for key, value in form.items() if value is not None})
    assert response.status_code == status, response.content
    return response


def _fields(response: Any) -> list[str]:
    return [error["field"] for error in response.json()["errors"]]


def test_upload_is_read_by_a_worker(cast: Cast, api: Api, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as queued:
        response = _upload(api, 201, time_zone="Asia/Tokyo")
    (log_import,) = imports_of(cast.acme)
    assert response["Location"] == f"http://testserver{PAGE}{log_import.pk}/"
    body = response.json()
    assert (body["id"], body["status"], body["created_by"]) == (str(log_import.pk), "waiting", None)
    assert (body["source"], body["file_name"], body["size_bytes"]) == ("mx1", "mail.log", len(LOG))
    assert (log_import.source.time_zone, log_import.year, len(queued)) == ("Asia/Tokyo", 2026, 1)
    path = Path(default_storage.path(log_import.stored_file))
    run_import(tenant_id=cast.acme.pk, import_id=log_import.pk, clock=lambda: NOW, path=path)
    assert (again(log_import).status, events_of(cast.acme)) == (ImportStatus.DONE, 2)
    reader = tenant_api(cast.acme)
    assert reader.get(response["Location"]).json()["accounting"]["submissions"]["stored"] == 2


def test_person_uploads_with_the_token_in_the_header(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert _upload(client, 403).json()["detail"].startswith("CSRF Failed")
    client.get("/t/acme/sources/upload/")
    token = client.cookies["csrftoken"].value
    # The token in a field would mean to read the file before the right is asked.
    _upload(client, 403, csrfmiddlewaretoken=token)
    client.defaults["HTTP_X_CSRFTOKEN"] = token
    _upload(client, 201)
    assert [one.created_by for one in imports_of(cast.acme)] == [cast.bob]


def test_nothing_is_read_of_those_who_may_not(cast: Cast) -> None:
    for client, status in (
        (tenant_api(cast.acme, Scope.READ), 403),
        (tenant_api(cast.initech, Scope.ADMIN), 404),
        (Client(), 401),
    ):
        response = _upload(client, status)
        assert not response.wsgi_request._read_started
    assert imports_of(cast.acme) == []


def test_source_that_is_there_is_used_as_it_is(cast: Cast, api: Api) -> None:
    make_source(cast.acme, "mx1")
    _upload(api, 201)
    _upload(api, 201, time_zone="Europe/Berlin", format="postfix")
    assert _fields(_upload(api, 400, time_zone="UTC")) == ["time_zone"]
    with tenant_scope([cast.acme.pk]):
        Source.objects.update(format="events")
    assert _fields(_upload(api, 400)) == ["source"]
    assert len(imports_of(cast.acme)) == 2


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"source": None}, ["source"]),
        ({"source": " "}, ["source"]),
        ({"source": "x" * 101}, ["source"]),
        ({"source": "a\u202eb"}, ["source"]),
        ({"format": "qmail"}, ["format"]),
        ({"format": "auto", "data": b"Nov 16 10:00:00 mx1 CRON[71]: x\n"}, ["format"]),
        ({"time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"year": "1969"}, ["year"]),
        ({"year": "2027"}, ["year"]),
        ({"year": "x"}, ["year"]),
        ({"year": None}, ["year"]),
        ({"colour": "blue"}, ["colour"]),
        ({"data": None}, ["file"]),
        ({"data": b""}, ["file"]),
        ({"data": b"\xff\xd8\xff\xe0\0\x10JFIF"}, ["file"]),
        ({"data": gzip.compress(LOG)[:12], "name": "cut.gz"}, ["file"]),
    ],
)
def test_what_can_never_be_read_is_refused_at_once(
    cast: Cast, api: Api, change: dict[str, Any], fields: list[str]
) -> None:
    assert _fields(_upload(api, 400, **change)) == fields
    assert imports_of(cast.acme) == []
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()


def test_body_that_is_no_form_is_refused(cast: Cast, api: Api) -> None:
    assert api.post(PAGE, LOG, content_type="text/plain").status_code == 415
    assert api.post(PAGE, b"{}", content_type="application/json").status_code == 415
    broken = "multipart/form-data; boundary="
    assert api.post(PAGE, b"--x\r\n", content_type=broken).status_code == 400


def test_limit_is_told_before_the_body_is_read(cast: Cast, api: Api, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    response = _upload(api, 413, LOG * 2000)
    assert "larger than the 1 MB" in response.json()["detail"]
    assert not response.wsgi_request._read_started
    settings.UPLOAD_LIMIT_BYTES = len(LOG) - 1
    _upload(api, 413)
    assert imports_of(cast.acme) == []


def test_form_of_very_many_fields_is_refused(cast: Cast, api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    _upload(api, 413, a="1", b="2", c="3")
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    _upload(api, 413, source="x" * 200)
    assert imports_of(cast.acme) == []


def test_format_is_recognised_where_it_is_asked_for(cast: Cast, api: Api) -> None:
    _upload(api, 201, EXIM, format="auto")
    assert [log_import.source.format for log_import in imports_of(cast.acme)] == ["exim"]
    _upload(api, 201, EXIM, format="auto")
    (refused,) = _upload(api, 400, LOG, format="auto").json()["errors"]
    assert refused["field"] == "format"
    assert refused["reason"].startswith(
        "The source “mx1” is of the kind exim and keeps it. This file: Recognised as postfix (certain): postfix,"
    )
    # Nothing is said of the format: the log is taken for one of the source's.
    _upload(api, 201, LOG)
    assert len(imports_of(cast.acme)) == 3


def test_log_that_is_not_recognised_is_refused_with_the_reason(cast: Cast, api: Api) -> None:
    said = _upload(api, 400, b"account,sent,day\nann,3,4\n", format="auto").json()["errors"][0]["reason"]
    assert said.startswith("cannot be recognised. This is a table with the columns account, sent, day")
    assert imports_of(cast.acme) == []


TOTALS = Path(__file__).resolve().parents[2] / "samples" / "exchange-online" / "smtp-auth-clients.csv"
OF_DAYS: dict[str, Any] = {"source": "exchange", "format": "exchange-online", "year": None}


def test_totals_are_of_the_days_that_come_with_them(cast: Cast, api: Api) -> None:
    response = _upload(
        api, 201, TOTALS.read_bytes(), **OF_DAYS, first_day="2026-11-10", last_day="2026-11-12"
    )
    (log_import,) = imports_of(cast.acme)
    run_import(
        tenant_id=cast.acme.pk,
        import_id=log_import.pk,
        clock=lambda: NOW,
        path=Path(default_storage.path(log_import.stored_file)),
    )
    with tenant_scope([cast.acme.pk]):
        messages = SubmissionDay.objects.values_list("day", "account", "messages").order_by("-messages")
        assert next((str(day), account, sent) for day, account, sent in messages) == (
            "2026-11-12",
            "erp@acme.example",
            1234,
        )
    assert response.json()["source"] == "exchange"
    again = _upload(api, 400, TOTALS.read_bytes(), **OF_DAYS, first_day="2026-11-12")
    assert "count twice" in again.json()["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({}, "first_day", "This file does not say of which days its totals are."),
        ({"last_day": "2026-11-12"}, "first_day", "is missing"),
        ({"first_day": "2026-11-12", "last_day": "2026-11-10"}, "last_day", "is before the first day"),
        ({"first_day": "2027-11-12"}, "last_day", "is in the future"),
        ({"first_day": "0001-01-01"}, "first_day", "is before 1970."),
        ({"first_day": "yesterday"}, "first_day", "Date has wrong format"),
        ({"format": "postfix", "first_day": "2026-11-12"}, "first_day", "is for the format exchange-online"),
    ],
)
def test_totals_without_days_that_can_be_are_refused(
    cast: Cast, api: Api, fields: dict[str, str], field: str, said: str
) -> None:
    [error] = _upload(api, 400, TOTALS.read_bytes(), **{**OF_DAYS, **fields}).json()["errors"]
    assert (error["field"], error["reason"][: len(said)]) == (field, said)
    assert imports_of(cast.acme) == []
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()
