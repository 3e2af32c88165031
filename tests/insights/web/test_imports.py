"""One import: its accounting equals the row, every state is told, samples harm nobody, undoing is asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from insights.models import ImportStatus, LogImport
from tenants.models import User
from tests.cast import Cast
from tests.insights.web.import_rows import COUNTED, again, make_import, make_overlap, make_samples
from tests.insights.web.week import NOW, Page, days_ago, words

ClientOf = Callable[[User], Client]
QUERIES = 15


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(log_import: LogImport, *, slug: str = "acme", more: str = "") -> str:
    return f"/t/{slug}/imports/{log_import.pk}/{more}"


def counts_on(response: Page) -> dict[str, int]:
    """Return every number of the accounting as the page writes it."""
    found = re.findall(r'data-count="([^"]+)">([\d,]+)<', response.content.decode())
    return {name: int(shown.replace(",", "")) for name, shown in found}


def test_import_is_not_found_by_strangers(cast: Cast, client: Client, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    samples, undo = page_of(log_import, more="unrecognised.csv"), page_of(log_import, more="undo/")
    for address in (page_of(log_import), samples, undo):
        assert client.get(address).status_code == 302
        for stranger in (cast.mallory, cast.dora, cast.eve):
            assert client_of(stranger).get(address).status_code == 404
    for address in (page_of(log_import), samples):
        assert client_of(cast.carol).get(address).status_code == 200
    assert client_of(cast.carol).get(undo).status_code == 403
    assert client_of(cast.bob).get(f"/t/acme/imports/{uuid4()}/").status_code == 404


def test_import_of_another_tenant_is_not_found_below_ones_own(cast: Cast, client_of: ClientOf) -> None:
    foreign = make_import(cast.initech, file_name="canary.log", **COUNTED)
    for more in ("", "unrecognised.csv", "undo/"):
        assert client_of(cast.bob).get(page_of(foreign, more=more)).status_code == 404
    for more in ("undo/", "retry/"):
        assert client_of(cast.bob).post(page_of(foreign, more=more)).status_code == 404
    assert again(foreign).status == ImportStatus.DONE


def test_accounting_on_the_page_equals_the_row_and_adds_up(cast: Cast, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    counts, told = counts_on(client_of(cast.carol).get(page_of(log_import))), log_import.accounting()
    reasons = told["unrecognised_by_reason"]
    assert {reason: counts[reason] for reason in reasons} == reasons
    for name in ("event", "evidence", "other", "lines", "stored", "duplicate", "events"):
        assert counts[name] == told[name]
    for kind in ("submissions", "failures"):
        assert {what: counts[f"{kind}-{what}"] for what in ("stored", "duplicate")} == told[kind]
        assert counts[f"{kind}-stored"] + counts[f"{kind}-duplicate"] == counts[kind]
    assert counts["event"] + counts["evidence"] + counts["other"] + sum(reasons.values()) == counts["lines"]
    assert (
        counts["stored"] + counts["duplicate"]
        == counts["submissions"] + counts["failures"]
        == counts["events"]
    )


def test_accounting_of_an_import_without_lines_is_all_zero(cast: Cast, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, status=ImportStatus.REFUSED, message="x.log is empty.")
    counts = counts_on(client_of(cast.carol).get(page_of(log_import)))
    assert set(counts.values()) == {0}
    assert {"event", "evidence", "other", "unrecognised", "lines", "events"} < set(counts)


AGO = timedelta(minutes=16)
STATES: list[tuple[ImportStatus, dict[str, Any], str, str, int]] = [
    (ImportStatus.WAITING, {}, "state-busy", "A worker begins it in a moment.", 1),
    (ImportStatus.WAITING, {"stored_file": "imports/x"}, "state-warn", "No worker has begun it yet.", 15),
    (ImportStatus.RUNNING, {"heartbeat_at": NOW}, "state-busy", "You can leave this page", 1),
    (
        ImportStatus.RUNNING,
        {"heartbeat_at": NOW - AGO, "stored_file": "imports/x"},
        "state-warn",
        "The import is taken up again where it stopped.",
        15,
    ),
    (
        ImportStatus.RUNNING,
        {"heartbeat_at": NOW - AGO},
        "state-warn",
        "Run it again: nothing is stored",
        15,
    ),
    (ImportStatus.DONE, {}, "state-good", "Done", 0),
    (ImportStatus.DONE, {"message": "1 byte waits."}, "state-good", "1 byte waits.", 0),
    (
        ImportStatus.DONE,
        {"message": "No line was recognised.", "unrecognised": {"no_stamp": 3}},
        "state-warn",
        "No line was recognised.",
        0,
    ),
    (
        ImportStatus.REFUSED,
        {"message": "x.log is empty. Give a log."},
        "state-bad",
        "x.log is empty. Give a log. Nothing of it was stored.",
        0,
    ),
    (
        ImportStatus.FAILED,
        {"message": "x.gz is damaged.", **COUNTED},
        "state-bad",
        "x.gz is damaged. Of it, 4,011 submissions and 101 failed logins are stored.",
        0,
    ),
    (ImportStatus.UNDOING, {}, "state-busy", "Its events are being removed", 1),
    (ImportStatus.UNDONE, {"message": "7 events were removed."}, "", "7 events were removed.", 0),
]


@pytest.mark.parametrize(("status", "fields", "light", "said", "seconds"), STATES)
def test_every_state_is_told(
    cast: Cast,
    client_of: ClientOf,
    status: ImportStatus,
    fields: dict[str, Any],
    light: str,
    said: str,
    seconds: int,
) -> None:
    page = client_of(cast.carol).get(page_of(make_import(cast.acme, status=status, **fields)))
    state = page.context["state"]
    assert (state.light, state.poll_seconds) == (light, seconds)
    assert said in words(page)
    assert (f'hx-trigger="every {seconds}s"' in page.content.decode()) is (seconds > 0)


def test_import_that_waits_for_another_names_it(cast: Cast, client_of: ClientOf) -> None:
    make_import(cast.acme, status=ImportStatus.RUNNING, file_name="first.log", heartbeat_at=NOW)
    make_import(cast.acme, status=ImportStatus.RUNNING, file_name="elsewhere.log", source="mx2")
    waiting = make_import(cast.acme, status=ImportStatus.WAITING, stored_file="imports/x")
    page = words(client_of(cast.carol).get(page_of(waiting)))
    assert "“first.log” is being read into the same source" in page
    assert "elsewhere.log" not in page


def test_progress_is_shown_in_bytes_and_lines(cast: Cast, client_of: ClientOf) -> None:
    running = make_import(
        cast.acme,
        status=ImportStatus.RUNNING,
        heartbeat_at=NOW,
        size_bytes=4 * 1024 * 1024,
        bytes_read=1024 * 1024,
        lines_event=1_000,
        lines_other=234,
    )
    address = page_of(running)
    client = client_of(cast.carol)
    page = client.get(address)
    assert '<progress value="1048576" max="4194304" aria-label="Reading">' in page.content.decode()
    assert "Reading · 25.0 % · 1.0 MB of 4.0 MB, 1,234 lines" in words(page)
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "import"})
    assert part.content.strip().startswith(b'<div id="import" hx-get="' + address.encode())
    assert b"import-said" not in part.content
    assert "HX-Target" in part["Vary"].split(", ")


def test_last_answer_of_the_polling_says_the_end_aloud(cast: Cast, client_of: ClientOf) -> None:
    done = make_import(cast.acme, **COUNTED)
    part = client_of(cast.carol).get(page_of(done), headers={"HX-Request": "true", "HX-Target": "import"})
    assert b'<div id="import-said" hx-swap-oob="innerHTML">Done. </div>' in part.content
    assert b"hx-trigger" not in part.content


def test_held_line_and_overlaps_are_explained(cast: Cast, client_of: ClientOf) -> None:
    earlier = make_import(cast.acme, file_name="earlier.log", **COUNTED)
    middle = make_import(cast.acme, file_name="middle.log", held_bytes=77, **COUNTED)
    later = make_import(cast.acme, file_name="later.log", **COUNTED)
    undone = make_import(cast.acme, file_name="undone.log", status=ImportStatus.UNDONE, **COUNTED)
    make_overlap(middle, earlier, 41)
    make_overlap(later, middle, 1)
    make_overlap(undone, middle, 5)
    page = words(client_of(cast.carol).get(page_of(middle)))
    assert "Not among them: 77 bytes at the end of the file without a line end." in page
    assert "41 events were stored before by earlier.log (17 Nov 2026, 12:00)." in page
    assert "1 event came again with later.log (17 Nov 2026, 12:00)." in page
    assert "undone.log" not in page


@pytest.mark.parametrize(
    ("first", "last", "query"),
    [
        (days_ago(5), days_ago(2), "start=2026-11-12&amp;end=2026-11-15"),
        (days_ago(200), days_ago(2), "start=2026-08-20&amp;end=2026-11-15"),
        (days_ago(200), days_ago(190), None),
        (None, None, None),
    ],
)
def test_report_on_the_imported_days_is_linked(
    cast: Cast, client_of: ClientOf, first: Any, last: Any, query: str | None
) -> None:
    log_import = make_import(cast.acme, first_at=first, last_at=last, **COUNTED)
    page = client_of(cast.carol).get(page_of(log_import)).content.decode()
    linked = re.search(r'href="/t/acme/reports/smtp-auth/\?range=custom&amp;([^"]+)"', page)
    assert (linked and linked[1]) == query


def test_samples_are_shown_and_given_as_a_harmless_file(cast: Cast, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    texts = ["=1+1", " -2", "@sum", "+3", 'quoted, "line"', "<b>bold</b>", *(f"line {n}" for n in range(20))]
    make_samples(log_import, *texts)
    make_samples(make_import(cast.initech, **COUNTED), "canary")
    client = client_of(cast.carol)
    page = client.get(page_of(log_import))
    assert b"&lt;b&gt;bold&lt;/b&gt;" in page.content
    assert len(page.context["samples"]) == 10
    response = client.get(page_of(log_import, more="unrecognised.csv"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="unrecognised-mx1-20261117-110000.csv"'
    header, *rows = csv.reader(io.StringIO(response.content.decode()))
    assert header == ["line_number", "reason", "text"]
    harmless = ["'=1+1", "' -2", "'@sum", "'+3", *texts[4:]]
    assert rows == [[str(number), "no_stamp", text] for number, text in enumerate(harmless, 100)]


def test_undo_is_offered_where_it_can_be_done(cast: Cast, client_of: ClientOf) -> None:
    def offered(user: User, status: ImportStatus) -> bool:
        page = client_of(user).get(page_of(make_import(cast.acme, status=status, **COUNTED)))
        return b"Undo this import" in page.content

    assert {status for status in ImportStatus if offered(cast.bob, status)} == {
        ImportStatus.DONE,
        ImportStatus.FAILED,
    }
    assert not offered(cast.carol, ImportStatus.DONE)


def test_undo_page_says_what_will_happen(cast: Cast, client_of: ClientOf) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    make_overlap(make_import(cast.acme, file_name="later.log", **COUNTED), log_import, 41)
    cast.acme.raw_from_on = days_ago(3).date()
    cast.acme.save()
    page = words(client_of(cast.bob).get(page_of(log_import, more="undo/")))
    for said in (
        "4,011 submissions and 101 failed logins that this import stored are removed.",
        "The days 12–15 Nov 2026 are counted again from what remains",
        "Single events from before 14 November 2026 are no longer kept",
        "98 events that other imports had stored before stay.",
        "41 events came again with “later.log” and were not stored twice: they go as well.",
    ):
        assert said in page
    nothing = make_import(cast.acme)
    assert "stored no event of its own" in words(client_of(cast.bob).get(page_of(nothing, more="undo/")))


def test_undo_is_queued_once(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    address = page_of(log_import, more="undo/")
    for person, status in ((cast.carol, 403), (cast.mallory, 404)):
        assert client_of(person).post(address).status_code == status
    assert again(log_import).status == ImportStatus.DONE
    with django_capture_on_commit_callbacks() as queued:
        for _ in range(2):
            assert client_of(cast.bob).post(address)["Location"] == page_of(log_import)
    assert len(queued) == 1
    assert again(log_import).status == ImportStatus.UNDOING


@pytest.mark.parametrize("status", sorted(set(ImportStatus) - {ImportStatus.DONE, ImportStatus.FAILED}))
def test_undo_of_what_has_not_ended_is_refused(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any, status: ImportStatus
) -> None:
    log_import = make_import(cast.acme, status=status)
    client = client_of(cast.bob)
    with django_capture_on_commit_callbacks() as queued:
        for send in (client.get, client.post):
            answer = send(page_of(log_import, more="undo/"), follow=True)
            assert "and cannot be undone." in words(answer)
    assert queued == []
    assert again(log_import).status == status


def test_failed_import_is_tried_again_while_its_file_is_there(
    cast: Cast, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    stored = default_storage.save("imports/retried", ContentFile(b"x"))
    failed = make_import(cast.acme, status=ImportStatus.FAILED, stored_file=stored, attempts=3, message="No.")
    client = client_of(cast.bob)
    assert client_of(cast.carol).post(page_of(failed, more="retry/")).status_code == 403
    assert b"/retry/" in client.get(page_of(failed)).content
    assert b"/retry/" not in client_of(cast.carol).get(page_of(failed)).content
    with django_capture_on_commit_callbacks() as queued:
        client.post(page_of(failed, more="retry/"))
        client.post(page_of(failed, more="retry/"))
    assert len(queued) == 1
    tried = again(failed)
    assert (tried.status, tried.attempts, tried.message) == (ImportStatus.WAITING, 0, "")
    default_storage.delete(stored)


def test_failed_import_without_its_file_is_to_be_uploaded_again(cast: Cast, client_of: ClientOf) -> None:
    failed = make_import(cast.acme, status=ImportStatus.FAILED, stored_file="imports/gone")
    client = client_of(cast.bob)
    assert b"/retry/" not in client.get(page_of(failed)).content
    answer = client.post(page_of(failed, more="retry/"), follow=True)
    assert "The file is no longer there: upload it again." in words(answer)
    assert again(failed).status == ImportStatus.FAILED


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_data(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: Any, count: int
) -> None:
    log_import = make_import(cast.acme, **COUNTED)
    for number in range(count):
        other = make_import(cast.acme, file_name=f"{number}.log", **COUNTED)
        make_overlap(log_import, other, 4)
        make_overlap(other, log_import, 4)
    make_samples(log_import, *(f"line {number}" for number in range(count)))
    client = client_of(cast.alice)
    client.get(page_of(log_import))
    with django_assert_num_queries(QUERIES):
        client.get(page_of(log_import))
