"""An answer is of one moment: what is stored while it is made is not half in it, and nothing is held open after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from insights.queries import sending_volume
from reports.tables import KINDS
from tests.api import tenant_api
from tests.cast import Cast
from tests.factories import submit
from tests.threads import beside

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def _submit_beside(cast: Cast) -> None:
    with beside(lambda: submit(cast.acme, account="new@acme.example", count=7)):
        pass


def test_numbers_of_a_summary_agree_while_more_comes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    submit(cast.acme, count=4)

    def volume_after_more(selection: Any) -> Any:
        _submit_beside(cast)
        return sending_volume(selection)

    monkeypatch.setattr("reports.api.summary.sending_volume", volume_after_more)
    api = tenant_api(cast.acme)
    found = api.read("tenants/acme/summary/")
    assert sum(day["messages"] for day in found["by_day"]) == found["numbers"]["messages"]["now"] == 4
    monkeypatch.undo()
    assert api.read("tenants/acme/summary/")["numbers"]["messages"]["now"] == 11


def test_rows_and_totals_agree_while_more_comes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        submit(cast.acme, account=f"{number}@acme.example")
    rows = KINDS["clients"].rows

    def rows_and_more(selection: Any, order: str) -> Iterator[Any]:
        for row in rows(selection, order):
            yield row
            _submit_beside(cast)

    monkeypatch.setattr(
        "reports.tables.kinds.Kind.rows", property(lambda _kind: rows_and_more), raising=False
    )
    found = tenant_api(cast.acme).read("tenants/acme/reports/clients/")
    assert [row["messages"] for row in found["rows"]] == [1, 1, 1]
    assert found["totals"]["messages"] == 3


def test_large_answer_holds_no_transaction_while_it_is_sent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(cast.acme)
    monkeypatch.setattr("reports.api.files.IN_MEMORY", 10)
    response: Any = tenant_api(cast.acme).get("/api/v1/tenants/acme/reports/clients/?format=csv")
    assert response.streaming
    assert not connection.in_atomic_block
    submit(cast.acme, account="later@acme.example")
    assert b"later@" not in b"".join(response.streaming_content)
