"""A table from its upload to its events: held, explained once by a person, imported; then read without a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.test import Client

from insights.ingest.run import run_import, stalled_imports
from insights.models import ImportStatus, LogImport, LoginFailure, Source, Submission
from insights.tasks import apply_retention
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.management.test_smtpcsreport import HEADER as SMTP_CS_REPORT
from tests.insights.web.import_rows import imports_of, upload
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]
HEADER = "Received;User;From;IP;TLS;Auth;Size;Status\n"
DAY = f"{days_ago(1):%Y-%m-%d}"
ROWS = (
    f"{DAY} 10:00:00;ann;ann@acme.example;192.0.2.7:4711;TLSv1.2;LOGIN;2048;accepted\n"
    f"{DAY} 10:00:01;Bob;;192.0.2.8;TLSv1;PLAIN;512;accepted\n"
    f"{DAY} 10:00:02;eve;;198.51.100.9;none;LOGIN;;failed\n"
    f"{DAY} 10:00:03;ann;;192.0.2.7;;;;deferred\n"
    f"{DAY} 10:00:04;ann;;not an address;;;;accepted\n"
)
TABLE = (HEADER + ROWS).encode()
CHOSEN = {
    "column_time": "Received",
    "column_account": "User",
    "column_sender": "From",
    "column_client_ip": "IP",
    "column_tls": "TLS",
    "column_mechanism": "Auth",
    "column_size": "Size",
    "column_outcome": "Status",
    "time_format": "iso",
    "time_zone": "UTC",
    "rows": "messages",
    "success": "accepted",
    "failure": "failed",
    "other": "deferred",
}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def held(cast: Cast, client: Client, data: bytes = TABLE, **fields: str) -> tuple[LogImport, str]:
    """Upload a table to a new source; return the import and the page that says which column is what."""
    told = {"format": "csv", "year": ""} | fields
    response = upload(client, "acme", data, file_name="mail.csv", htmx=False, **told)
    log_import = imports_of(cast.acme)[-1]
    page = f"/t/acme/imports/{log_import.pk}/columns/"
    assert (response.status_code, response["Location"]) == (303, page), words(response)
    return log_import, page


def read(cast: Cast, log_import: LogImport) -> LogImport:
    """Read an import as the worker does."""
    return run_import(tenant_id=cast.acme.pk, import_id=log_import.pk, clock=lambda: NOW)


def test_table_is_held_explained_once_and_read(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(cast.bob)
    with django_capture_on_commit_callbacks() as queued:
        log_import, page = held(cast, client)
    assert queued == []
    assert "It waits until somebody has said which column is what." in words(
        client.get(f"/t/acme/imports/{log_import.pk}/")
    )
    with django_capture_on_commit_callbacks() as queued:
        response = client.post(page, CHOSEN)
    assert response["Location"] == f"/t/acme/imports/{log_import.pk}/"
    assert len(queued) == 1
    done = read(cast, log_import)
    assert (done.status, done.lines_event, done.lines_other, done.unrecognised) == (
        ImportStatus.DONE, 3, 2, {"bad_value": 1},
    )  # fmt: skip
    with tenant_scope([cast.acme.pk]):
        rows = list(
            Submission.objects.order_by("occurred_at").values_list("account", "client_ip", "size_bytes")
        )
        refused = list(LoginFailure.objects.values_list("account", "client_ip"))
    assert rows == [("ann", "192.0.2.7", 2048), ("bob", "192.0.2.8", 512)]
    assert refused == [("eve", "198.51.100.9")]

    with django_capture_on_commit_callbacks() as queued:
        again = upload(client, "acme", TABLE, file_name="next.csv", source=str(log_import.source_id))
    (next_import,) = (one for one in imports_of(cast.acme) if one.file_name == "next.csv")
    assert again["Location"] == f"/t/acme/imports/{next_import.pk}/"
    assert len(queued) == 1
    assert read(cast, next_import).submissions_duplicate == 2


def test_page_shows_the_first_rows_a_proposal_and_how_they_are_read(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    _log_import, page = held(cast, client, (HEADER + "<script>alert(1)</script>;;;;;;;\n" + ROWS).encode())
    response = client.get(page)
    assert b"<script>alert" not in response.content
    shown = words(response)
    assert "<script>alert(1)</script>" in shown
    form = response.context["form"]
    assert {name: form[name].value() for name in CHOSEN} == CHOSEN | {"other": "", "time_format": None}
    assert "Form of the time : This field is required." in shown
    assert "Outcomes in the first rows: – 1 accepted 3 failed 1 deferred 1" in shown


def test_preview_tells_of_each_row_what_it_becomes_or_why_not(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    _log_import, page = held(cast, client)
    response = client.post(page, CHOSEN, headers={"HX-Request": "true", "HX-Target": "preview"})
    assert b"<html" not in response.content
    assert [(one.row.line_number, str(one.word), one.faults) for one in response.context["read"]] == [
        (2, "Submission", []),
        (3, "Submission", []),
        (4, "Refused login", []),
        (5, "Left out", []),
        (6, "Not read", ["Client address: A cell that cannot be read"]),
    ]
    shown = words(response)
    assert "Of the first rows: Submission 2 Refused login 1 Left out 1 Not read 1" in shown
    assert (
        "2 Submission Mon 16 Nov 2026, 11:00:00 ann ann @acme.example 192.0.2.7 TLS1.2 LOGIN 1 ≥ 1 2,048"
        in shown
    )
    less = client.post(page, CHOSEN | {"column_account": ""}, headers={"HX-Target": "preview"})
    assert "Account : This field is required." in words(less)
    assert imports_of(cast.acme)[0].status == ImportStatus.WAITING


def test_page_works_without_scripts(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    _log_import, page = held(cast, client)
    response = client.post(page, CHOSEN | {"preview": "yes"})
    assert "Of the first rows: Submission 2" in words(response)
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.get().mapping is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"column_time": ""}, "This field is required."),
        ({"column_time": "Nothing"}, "Nothing is not one of the available choices."),
        ({"success": "", "failure": ""}, "Say which values mean a message"),
        ({"column_outcome": ""}, "Choose the column that has these values."),
        ({"failure": "failed\nAccepted"}, "“Accepted” stands in two of the lists."),
        ({"tls_values": "strong"}, "Write “strong” as: written = meaning."),
        ({"tls_values": "strong = TLS9"}, "A TLS version is one of"),
        ({"other": "x" * 201}, "other: has texts of at most 200 characters."),
    ],
)
def test_mapping_that_cannot_be_is_told_and_not_kept(
    cast: Cast, client_of: ClientOf, changed: dict[str, str], said: str
) -> None:
    client = client_of(cast.bob)
    _log_import, page = held(cast, client)
    assert said in words(client.post(page, CHOSEN | changed))
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.get().mapping is None


def test_microsofts_report_is_read_as_it_is_proposed(cast: Cast, client_of: ClientOf) -> None:
    """In UTF-16, as it is mailed: nothing has to be chosen."""
    client = client_of(cast.bob)
    rows = [
        f"{DAY}T10:00:00Z,ann@acme.example,acme.example,Basic,192.0.2.31,TLS1_2,ECDHE,2,<m1@acme.example>",
        f"{DAY}T10:00:01Z,app@acme.example,acme.example,OAuth,192.0.2.32,TLS1_3,AES,1,<m2@acme.example>",
    ]
    report = "\r\n".join([SMTP_CS_REPORT, *rows, ""]).encode("utf-16")
    log_import, page = held(cast, client, report, format="auto")
    form = client.get(page).context["form"]
    client.post(page, {name: form[name].value() or "" for name in form.fields})
    assert read(cast, log_import).submissions_stored == 2
    with tenant_scope([cast.acme.pk]):
        told = Submission.objects.order_by("account").values_list(
            "account", "tls_version", "auth_class", "messages"
        )
        assert list(told) == [
            ("ann@acme.example", "TLS1.2", "basic", 2),
            ("app@acme.example", "TLS1.3", "oauth", 1),
        ]


def test_zone_of_the_times_is_chosen_on_the_page(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    client.post(page, CHOSEN | {"time_zone": "Asia/Tokyo"})
    read(cast, log_import)
    with tenant_scope([cast.acme.pk]):
        first = Submission.objects.order_by("occurred_at").values_list("occurred_at", flat=True)[0]
    assert f"{first:%H:%M}" == "01:00"


def test_records_are_led_to_the_page_by_recognition(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    data = f'{{"at": "{DAY}T10:00:00Z", "user": {{"name": "ann"}}, "to": ["a@b.example", "c@d.example"]}}\n'
    log_import, page = held(cast, client, data.encode(), format="auto")
    assert log_import.source.format == "ndjson"
    form = client.get(page).context["form"]
    assert (form["column_time"].value(), form["column_account"].value()) == ("at", "user.name")
    client.post(page, {**dict.fromkeys(CHOSEN, ""), "rows": "messages", "time_zone": "UTC", "time_format": "iso",
                       "column_time": "at", "column_account": "user.name", "column_recipients": "to"})  # fmt: skip
    read(cast, log_import)
    with tenant_scope([cast.acme.pk]):
        assert Submission.objects.values_list("account", "recipients").get() == ("ann", 2)


def test_table_without_a_header_is_read_by_numbers(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client, ROWS.encode())
    assert "The first line holds values and no names" in words(client.get(page))
    names = ["Received", "User", "From", "IP", "TLS", "Auth", "Size", "Status"]
    numbered = {name: f"Column {number}" for number, name in enumerate(names, 1)}
    client.post(page, {name: numbered.get(value, value) for name, value in CHOSEN.items()})
    assert read(cast, log_import).submissions_stored == 2


def test_later_file_with_other_columns_is_refused_by_name(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    client.post(page, CHOSEN)
    other = TABLE.replace(b"User", b"Login", 1).replace(b"IP", b"Address", 1)
    refused = words(upload(client, "acme", other, file_name="other.csv", source=str(log_import.source_id)))
    assert "other.csv has no column “User”, “IP”. It has “received”, “login”," in refused
    assert len(imports_of(cast.acme)) == 1


def test_later_records_without_the_time_are_refused_by_its_name(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    anonymous = f'{{"at": "{DAY}T10:00:00Z", "from": "x@y.example"}}\n'
    log_import, page = held(cast, client, anonymous.replace("from", "user").encode(), format="ndjson")
    chosen = {**dict.fromkeys(CHOSEN, ""), "rows": "messages", "time_zone": "UTC", "time_format": "iso"}
    client.post(page, chosen | {"column_time": "at", "column_account": "user"})
    source = str(log_import.source_id)
    assert upload(client, "acme", anonymous.encode(), file_name="none.json", source=source).status_code == 303
    other = anonymous.replace('"at"', '"when"').encode()
    refused = words(upload(client, "acme", other, file_name="other.json", source=source))
    assert "other.json has no member “at”. It has “when”, “from”. Change the columns of “mx1”" in refused


def test_held_file_is_put_away_with_its_file(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    file = Path(default_storage.path(log_import.stored_file))
    assert file.read_bytes() == TABLE
    discard = f"/t/acme/imports/{log_import.pk}/discard/"
    assert client_of(cast.carol).post(discard).status_code == 403
    assert client_of(cast.mallory).post(discard).status_code == 404
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(discard)
    assert not file.exists()
    assert imports_of(cast.acme)[0].status == ImportStatus.REFUSED
    assert client.get(page)["Location"] == f"/t/acme/imports/{log_import.pk}/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(discard)
    assert "It was put away before anybody had said" in words(client.get(f"/t/acme/imports/{log_import.pk}/"))


def test_file_that_nobody_explains_is_put_away_after_two_weeks(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    log_import, _page = held(cast, client_of(cast.bob))
    file = Path(default_storage.path(log_import.stored_file))
    for day, is_there in ((13, True), (15, False)):
        with (
            time_machine.travel(days_ago(-day), tick=False),
            django_capture_on_commit_callbacks(execute=True),
        ):
            apply_retention()
        assert file.exists() is is_there
    (ended,) = imports_of(cast.acme)
    assert (ended.status, ended.message) == (
        ImportStatus.REFUSED, "Nobody had said in 14 days which column is what. Upload the file again.",
    )  # fmt: skip


def test_held_file_is_taken_up_by_the_sweeper_once_it_is_explained_elsewhere(
    cast: Cast, client_of: ClientOf
) -> None:
    log_import, page = held(cast, client_of(cast.bob))
    with tenant_scope([cast.acme.pk]):
        assert stalled_imports(now=days_ago(-1)) == []
    client_of(cast.bob).post(page, CHOSEN)
    with tenant_scope([cast.acme.pk]):
        assert stalled_imports(now=days_ago(-1)) == [log_import.pk]


def test_file_that_is_gone_is_told(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    default_storage.delete(log_import.stored_file)
    response = client.get(page, follow=True)
    assert "The file cannot be opened any more: upload it again." in words(response)


def test_mapping_is_seen_and_changed_at_the_source(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    source = f"/t/acme/sources/{log_import.source_id}"
    assert client.get(f"{source}/columns/")["Location"] == page
    client.post(page, CHOSEN)
    assert f'{source}/columns/"' in client.get(f"{source}/edit/").content.decode()
    assert "Account User" in words(client.get(f"{source}/edit/"))
    form = client.get(f"{source}/columns/").context["form"]
    assert form["column_time"].value() == "Received"
    changed = CHOSEN | {"column_sender": "", "tls_values": "strong = TLS1.3"}
    assert client.post(f"{source}/columns/", changed)["Location"] == f"{source}/"
    with tenant_scope([cast.acme.pk]):
        mapping = Source.objects.get().mapping or {}
    assert "sender" not in mapping["columns"]
    assert mapping["tls_values"] == {"strong": "TLS1.3"}
    assert mapping["header"] == HEADER.strip()


def test_what_ids_rest_on_stays_once_events_are_stored(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    client.post(page, CHOSEN)
    columns = f"/t/acme/sources/{log_import.source_id}/columns/"
    assert client.post(columns, CHOSEN | {"failure": "failed\ndenied"}).status_code == 302
    read(cast, log_import)
    assert "Events of this source are stored" in words(client.get(columns))
    for refused in ({"time_format": "day_first"}, {"column_id": "Auth"}, {"failure": "failed"}):
        response = client.post(columns, CHOSEN | {"failure": "failed\ndenied"} | refused)
        assert response.status_code == 200
        assert "rows that are read again would be counted twice" in words(response)
    assert client.post(columns, CHOSEN | {"failure": "failed\ndenied", "column_size": ""}).status_code == 302


def test_table_that_nobody_has_explained_says_so_where_it_stands(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    log_import, page = held(cast, client)
    link = f'href="/t/acme/sources/{log_import.source_id}/columns/"'
    places = ("/t/acme/sources/", f"/t/acme/sources/connect/?source={log_import.source_id}")
    for path in places:
        assert "Nobody has said yet which column is what, so nothing of this source" in words(
            client.get(path)
        )
        assert link in client.get(path).content.decode()
    assert link not in client_of(cast.carol).get(places[0]).content.decode()
    client.post(page, CHOSEN)
    for path in places:
        assert "Nobody has said yet" not in words(client.get(path))


def test_only_tables_have_columns(cast: Cast, client_of: ClientOf) -> None:
    log = make_source(cast.acme, "mx1")
    client = client_of(cast.bob)
    assert client.get(f"/t/acme/sources/{log.pk}/columns/").status_code == 404
    table = Source(tenant=cast.acme, name="table", format="csv", time_zone="UTC")
    with tenant_scope([cast.acme.pk]):
        table.save()
    page = client.get(f"/t/acme/sources/{table.pk}/columns/")
    assert "Nobody has said yet which column is what" in words(page)
    assert client_of(cast.carol).get(f"/t/acme/sources/{table.pk}/columns/").status_code == 403
