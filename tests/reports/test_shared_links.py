"""Links in mails too large for attachments: they work without logging in, end, and cannot be made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from reports.deliver import deliver
from reports.deliver.sweep import remove_expired
from reports.links import SharedReport, shared_url
from reports.models import ReportRequest
from reports.request.change import remove
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.reports.attached import attached, csv_rows, text_of
from tests.reports.orders import NOW, again, order
from tests.reports.smtp_sink import Sink

pytestmark = pytest.mark.usefixtures("acme_mail")


@pytest.fixture
def link(
    cast: Cast, make_order: Callable[..., ReportRequest], sink: Sink, settings: Settings
) -> tuple[ReportRequest, str]:
    """A report over the limit, and the path of its link to the CSV file."""
    settings.REPORT_ATTACHMENT_LIMIT_BYTES = 100
    request = make_order()
    with time_machine.travel(NOW, tick=False):
        deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    assert attached(sink.taken[0]) == {}
    found = re.search(r"http\S+/shared/\S+\.csv", text_of(sink.taken[0]))
    assert found is not None
    return again(request), urlsplit(found[0]).path


def fetch(path: str, *, days: float = 0) -> int:
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        answer = Client().get(path)
        if answer.streaming:
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # read to the end, it closes its file
    return answer.status_code


def test_link_works_without_logging_in(link: tuple[ReportRequest, str]) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = Client().get(link[1])
    rows = csv_rows(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert sum(int(row["messages"]) for row in rows) == 54
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_link_ends_after_its_days(link: tuple[ReportRequest, str], settings: Settings) -> None:
    assert settings.REPORT_LINK_DAYS == 14
    assert [fetch(link[1], days=days) for days in (0, 13.9, 14.1, 400)] == [200, 200, 410, 410]


def test_link_ends_with_its_request(link: tuple[ReportRequest, str]) -> None:
    with tenant_scope([link[0].tenant_id]):
        remove(link[0])
    assert fetch(link[1]) == 404


def test_link_tampered_with_is_none(cast: Cast, link: tuple[ReportRequest, str]) -> None:
    _, _, token, name = link[1].split("/")
    other = order(tenant=cast.initech, asked_by=cast.mallory, addresses=[cast.mallory.email])
    made_up = token.replace(link[0].pk.hex, other.pk.hex).replace(cast.acme.pk.hex, cast.initech.pk.hex)
    tries = [
        made_up,
        token[:-1],
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token.replace(":", ";"),
        "x",
        ":::",
    ]
    assert {fetch(f"/shared/{one}/{name}") for one in tries} == {404}
    assert fetch(f"/shared/{token}/body.html") == 404
    assert fetch(f"/shared/{token}/..%2Fdetails.csv") == 404


def test_link_of_another_purpose_is_none(link: tuple[ReportRequest, str]) -> None:
    from django.core.signing import TimestampSigner

    value = f"{link[0].tenant_id.hex}.{link[0].pk.hex}"
    with time_machine.travel(NOW, tick=False):
        token = TimestampSigner(salt="something.else").sign(value)
    assert fetch(f"/shared/{token}/details.csv") == 404


def test_link_naming_the_wrong_tenant_finds_nothing(cast: Cast, link: tuple[ReportRequest, str]) -> None:
    with time_machine.travel(NOW, tick=False):
        url = shared_url(SharedReport(cast.initech.pk, link[0].pk), "details.csv")
    assert fetch(urlsplit(url).path) == 404


def test_remove_expired_deletes_files_and_keeps_the_record(link: tuple[ReportRequest, str]) -> None:
    from django.core.files.storage import default_storage

    request = link[0]
    stored = request.stored_name("details.csv")
    remove_expired(now=NOW + timedelta(days=13))
    assert default_storage.exists(stored)
    remove_expired(now=NOW + timedelta(days=15))
    assert not default_storage.exists(stored)
    assert (again(request).status, again(request).csv_bytes) == ("sent", 0)


def test_remove_expired_deletes_folders_of_no_request(cast: Cast, link: tuple[ReportRequest, str]) -> None:
    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage

    orphan = f"reports/{cast.acme.pk}/{cast.acme.pk}/x/details.csv"
    default_storage.save(orphan, ContentFile(b"x"))
    remove_expired(now=NOW)
    assert not default_storage.exists(orphan)
    assert default_storage.exists(link[0].stored_name("details.csv"))
