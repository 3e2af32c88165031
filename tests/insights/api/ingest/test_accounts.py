"""The day's account of what came over the API: on the pages, in its sums, and undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import travel

from insights.ingest.undo import undo_import
from insights.models import ImportKind, ImportStatus, LogImport, Source, SubmissionDay
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.api.ingest.records import login_failure, submission, whole_second
from tests.insights.api.ingest.senders import send_batch, send_lines, sender, stored
from tests.insights.ingest.lines import messages

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def test_a_day_a_source_and_a_kind_have_one_account(cast: Cast) -> None:
    api, noon = sender(cast.acme), datetime(2026, 11, 20, 12, tzinfo=UTC)
    for at in (noon, noon + timedelta(hours=11, minutes=59), noon + timedelta(hours=12)):
        with travel(at, tick=False):
            send_batch(api, [submission(1, occurred_at=at.isoformat()), submission(2)])
            send_batch(api, [login_failure(1)], kind="login-failures")
            send_batch(api, [submission(1)], source="other")
    with tenant_scope([cast.acme.pk]):
        accounts = list(
            LogImport.objects.order_by("received_on", "source__name", "kind").values_list(
                "received_on__day", "source__name", "kind", "lines_event"
            )
        )
        alike = LogImport.objects.filter(status=ImportStatus.DONE, stored_file="", created_by=None).count()
    assert accounts == [
        (20, "other", ImportKind.SUBMISSIONS, 2),
        (20, "relay", ImportKind.FAILURES, 2),
        (20, "relay", ImportKind.SUBMISSIONS, 4),
        (21, "other", ImportKind.SUBMISSIONS, 1),
        (21, "relay", ImportKind.FAILURES, 1),
        (21, "relay", ImportKind.SUBMISSIONS, 2),
    ]
    assert alike == len(accounts)


def test_both_sums_hold_whatever_comes(cast: Cast) -> None:
    api = sender(cast.acme)
    records = [submission(number) for number in range(5)]
    for body in (records, [*records, submission(3), submission(9, client_ip="x"), submission(8, messages=0)]):
        send_batch(api, body)
    with tenant_scope([cast.acme.pk]):
        account = LogImport.objects.get()
    told = account.accounting()
    assert told["lines"] == told["event"] + told["evidence"] + told["other"] + told["unrecognised"] == 13
    assert told["events"] == told["stored"] + told["duplicate"] == 11
    assert (told["stored"], told["duplicate"], told["unrecognised"]) == (5, 6, 2)
    assert account.size_bytes == account.bytes_read > 1000


def test_undone_account_is_left_alone_and_another_begun(cast: Cast) -> None:
    api = sender(cast.acme)
    first = send_batch(api, [submission(1), submission(2)])
    with tenant_scope([cast.acme.pk]):
        undone = undo_import(LogImport.objects.get(pk=first["import"]), now=timezone.now())
        assert (undone.removed, SubmissionDay.objects.count()) == (2, 0)
    again = send_batch(api, [submission(1)])
    assert again["import"] != first["import"]
    assert stored(cast.acme) == (1, 0)
    with tenant_scope([cast.acme.pk]):
        assert list(LogImport.objects.order_by("pk").values_list("status", "submissions_stored")) == [
            (ImportStatus.UNDONE, 2),
            (ImportStatus.DONE, 1),
        ]


def test_pages_show_the_account_and_its_samples(cast: Cast, client_of: ClientOf) -> None:
    api = sender(cast.acme)
    send_lines(api, messages(whole_second(), 2) + b"password=hunter2 and no stamp\n")
    answer = send_batch(api, [submission(1), submission(2, client_ip="192.0.2.999")])
    client = client_of(cast.alice)
    page = client.get("/t/acme/sources/").content.decode()
    day = timezone.now().astimezone(UTC).date()
    assert f"Log lines over the API, {day}" in page
    assert f"Submissions over the API, {day}" in page
    assert "received" in page
    account = client.get(f"/t/acme/imports/{answer['import']}/").content.decode()
    assert "Not recognised: Not an event" in account
    assert "192.0.2.999" in account


def test_sample_of_a_line_hides_what_may_be_a_password(cast: Cast) -> None:
    answer = send_lines(sender(cast.acme), b"password=hunter2 and no stamp\n")
    with tenant_scope([cast.acme.pk]):
        sample = LogImport.objects.get(pk=answer["import"]).skipped_lines.get()
    assert sample.text == "password=[removed] and no stamp"


def test_what_is_not_understood_does_not_pass_for_received(cast: Cast) -> None:
    api = sender(cast.acme)
    send_lines(api, b"hello\n")
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.get().last_received_at is None
    send_lines(api, messages(whole_second(), 1))
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.get().last_received_at is not None
