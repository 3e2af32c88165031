"""Uploading a log in the browser: who may, what becomes of it, and what is said when it is refused."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from insights.models import ImportStatus, Source
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.web.import_rows import LOG, imports_of, upload
from tests.insights.web.week import NOW, words

ClientOf = Callable[[User], Client]
PAGE = "/t/acme/sources/upload/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_upload_is_for_those_who_may_import(cast: Cast, client: Client, client_of: ClientOf) -> None:
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    for person, status in ((cast.alice, 200), (cast.bob, 200), (cast.carol, 403), (cast.mallory, 404)):
        assert client_of(person).get(PAGE).status_code == status
    for person, status in ((cast.carol, 403), (cast.mallory, 404), (cast.eve, 404)):
        assert upload(client_of(person), "acme").status_code == status
    assert upload(client, "acme").status_code == 302
    assert imports_of(cast.acme) == []


def test_upload_waits_for_a_worker_and_leads_to_its_page(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as queued:
        response = upload(client_of(cast.bob), "acme", time_zone="Asia/Tokyo")
    (log_import,) = imports_of(cast.acme)
    assert (response.status_code, response["Location"]) == (303, f"/t/acme/imports/{log_import.pk}/")
    assert (log_import.status, log_import.file_name) == (ImportStatus.WAITING, "mail.log")
    assert (log_import.size_bytes, log_import.year, log_import.created_by) == (len(LOG), 2026, cast.bob)
    assert (log_import.source.name, log_import.source.time_zone) == ("mx1", "Asia/Tokyo")
    assert Path(default_storage.path(log_import.stored_file)).read_bytes() == LOG
    assert len(queued) == 1


def test_upload_is_kept_when_the_broker_is_down(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(**ids: str) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr("insights.tasks.import_log.delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        assert upload(client_of(cast.bob), "acme").status_code == 303
    assert [log_import.status for log_import in imports_of(cast.acme)] == [ImportStatus.WAITING]


def test_upload_by_htmx_is_sent_on(cast: Cast, client_of: ClientOf) -> None:
    response = upload(client_of(cast.bob), "acme", htmx=True)
    assert response["HX-Redirect"] == f"/t/acme/imports/{imports_of(cast.acme)[0].pk}/"


def test_upload_to_a_source_that_exists_leaves_it_as_it_is(cast: Cast, client_of: ClientOf) -> None:
    source = make_source(cast.acme, "mx2")
    upload(client_of(cast.bob), "acme", source=str(source.pk), name="other", time_zone="Asia/Tokyo")
    (log_import,) = imports_of(cast.acme)
    assert (log_import.source.name, log_import.source.time_zone) == ("mx2", "Europe/Berlin")


def test_another_tenants_source_is_no_choice(cast: Cast, client_of: ClientOf) -> None:
    foreign = make_source(cast.initech, "canary")
    response = upload(client_of(cast.bob), "acme", source=str(foreign.pk))
    assert "is not one of the available choices" in words(response)
    assert "canary" not in words(client_of(cast.bob).get(PAGE))
    assert imports_of(cast.acme) == imports_of(cast.initech) == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("empty.log", b"", "empty.log is empty."),
        ("photo.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF", "photo.jpg is not a text file. Give a mail"),
        ("wide.log", LOG.decode().encode("utf-32"), "wide.log is UTF-32 text. Convert it"),
        ("cut.gz", gzip.compress(LOG, mtime=0)[:12], "cut.gz is damaged or ends early."),
    ],
)
def test_refused_file_is_told_on_the_form_and_not_kept(
    cast: Cast, client_of: ClientOf, name: str, data: bytes, said: str
) -> None:
    response = upload(client_of(cast.bob), "acme", data, file_name=name)
    assert response.status_code == 200
    assert said in words(response)
    assert imports_of(cast.acme) == []
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()


def test_year_is_asked_for_where_the_stamps_have_none(cast: Cast, client_of: ClientOf) -> None:
    response = upload(client_of(cast.bob), "acme", year="")
    assert "The time stamps of this log have no year. Give the year of the first line." in words(response)
    assert imports_of(cast.acme) == []
    iso = b"2026-11-16T09:12:44+01:00 mx postfix/qmgr[9]: A1: removed\n"
    assert upload(client_of(cast.bob), "acme", iso, year="").status_code == 303


@pytest.mark.parametrize("year", ["1969", "2027", "26", "x"])
def test_year_that_cannot_be_is_refused(cast: Cast, client_of: ClientOf, year: str) -> None:
    response = upload(client_of(cast.bob), "acme", year=year)
    assert b'id="id_year_error"' in response.content
    assert imports_of(cast.acme) == []


def test_new_source_needs_a_name_that_is_free(cast: Cast, client_of: ClientOf) -> None:
    make_source(cast.acme, "mx1")
    make_source(cast.globex, "mx9")
    client = client_of(cast.bob)
    assert "Give the new source a name." in words(upload(client, "acme", name=" "))
    assert "There is a source of that name already." in words(upload(client, "acme", name="mx1"))
    assert imports_of(cast.acme) == []
    assert upload(client, "acme", name="mx9").status_code == 303


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../../etc/cron.d/mail.log", "mail.log"),
        ("..\\..\\mail.log", "mail.log"),
        ("<script>alert(1)</script>.log", "script>.log"),
        ("mail\u202egol.log", "mailgol.log"),
        ("m\x01a\x7fil.log", "mail.log"),
        ("x" * 300 + ".log", "x" * 251 + ".log"),
        ("...", "upload"),
    ],
)
def test_hostile_file_name_harms_nothing(cast: Cast, client_of: ClientOf, sent: str, shown: str) -> None:
    client = client_of(cast.bob)
    assert upload(client, "acme", file_name=sent).status_code == 303
    (log_import,) = imports_of(cast.acme)
    assert log_import.file_name == shown
    assert log_import.stored_file == f"imports/{cast.acme.pk}/{log_import.pk}"
    page = client.get(f"/t/acme/imports/{log_import.pk}/")
    assert b"<script>alert" not in page.content
    assert shown in words(page)


def test_form_without_a_file_says_so(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.bob).post(PAGE, {"source": "new", "name": "mx1"})
    assert b'id="file-errors"' in response.content
    assert imports_of(cast.acme) == []


def test_limit_is_told_before_the_body_is_read(cast: Cast, client_of: ClientOf, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    client = client_of(cast.bob)
    for htmx, status in ((False, 413), (True, 200)):
        response = upload(client, "acme", LOG * 2000, htmx=htmx)
        assert response.status_code == status
        assert "larger than the 1 MB that can be uploaded" in words(response)
        assert not hasattr(response.wsgi_request, "_files")  # type: ignore[attr-defined]  # of the test client
    assert imports_of(cast.acme) == []


def test_file_just_over_the_limit_is_refused_as_well(cast: Cast, client_of: ClientOf, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = len(LOG) - 1
    response = upload(client_of(cast.bob), "acme")
    assert "can be uploaded" in words(response)
    assert imports_of(cast.acme) == []


def test_upload_without_a_csrf_token_is_refused(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.bob, backend="django.contrib.auth.backends.ModelBackend")
    assert upload(client, "acme").status_code == 403
    assert imports_of(cast.acme) == []
    client.get(PAGE)
    token = client.cookies["csrftoken"].value
    assert upload(client, "acme", csrfmiddlewaretoken=token).status_code == 303


def test_source_is_chosen_beforehand_only_where_there_is_no_doubt(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    assert client.get(PAGE).context["form"]["source"].value() == "new"
    first = make_source(cast.acme, "mx1")
    assert client.get(PAGE).context["form"]["source"].value() == str(first.pk)
    second = make_source(cast.acme, "mx2")
    assert client.get(PAGE).context["form"]["source"].value() == ""
    assert client.get(f"{PAGE}?source={second.pk}").context["form"]["source"].value() == str(second.pk)
    assert client.get(f"{PAGE}?source=nonsense").context["form"]["source"].value() == ""


def test_source_of_single_events_takes_no_log(cast: Cast, client_of: ClientOf) -> None:
    events = make_source(cast.acme, "exchange")
    with tenant_scope([cast.acme.pk]):
        Source.objects.update(format="events")
    client = client_of(cast.bob)
    form = client.get(PAGE).context["form"]
    assert [name for name, _label in form.fields["source"].choices] == ["new"]
    assert form["source"].value() == "new"
    assert "is not one of the available choices" in words(upload(client, "acme", source=str(events.pk)))
    assert "There is a source of that name already." in words(upload(client, "acme", name="exchange"))
    assert imports_of(cast.acme) == []
