"""A report is of one moment: what is imported while it is built is not half in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from reports.build import write
from reports.deliver import deliver
from reports.models import ReportRequest, RequestStatus
from tests.cast import Cast
from tests.factories import submit
from tests.reports.attached import attached, csv_rows
from tests.reports.orders import NOW, again, at
from tests.reports.smtp_sink import Sink


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.usefixtures("acme_mail")
def test_import_while_building_is_not_half_in_the_report(
    cast: Cast, make_order: Callable[..., ReportRequest], sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def import_more() -> None:
        submit(cast.acme, at=at(12), account="new@acme.example", count=7)
        connections.close_all()

    original = write._write_details

    def write_after_import(*args: Any) -> Any:
        with ThreadPoolExecutor(1) as other:
            other.submit(import_more).result()
        return original(*args)

    monkeypatch.setattr("reports.build.write._write_details", write_after_import)
    request = make_order()
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    assert again(request).status == RequestStatus.SENT
    rows = csv_rows(attached(sink.taken[0])["acme-smtp-auth-2026-11-10-2026-11-16.csv"])
    assert sum(int(row["messages"]) for row in rows) == 54
    assert "54 messages" in str(sink.taken[0]["Subject"])
