"""Pages by keyset: every row once, whatever comes meanwhile; cursors that were made up are refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from insights.models import Submission
from tenants.api.paging import page
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import submit

AT = datetime(2026, 11, 17, 8, 11, 5, 123456, tzinfo=UTC)
NEWEST = ("-occurred_at", "-id")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _events(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=5)
    submit(cast.acme, at=AT + timedelta(seconds=1), count=2)


@pytest.fixture
def scope(cast: Cast) -> Any:
    with tenant_scope([cast.acme.pk]):
        yield


def _request(**query: Any) -> Request:
    return Request(APIRequestFactory().get("/api/v1/things/", query))


def _all(order: tuple[str, ...], meanwhile: Callable[[], None] = lambda: None, **query: Any) -> list[str]:
    found, address = page(Submission.objects.all(), _request(**query), order=order)
    ids = [str(row.id) for row in found]
    while address:
        assert len(found) == int(query["limit"])
        meanwhile()
        parts = urlsplit(address)
        assert (parts.scheme, parts.netloc, parts.path) == ("http", "testserver", "/api/v1/things/")
        found, address = page(Submission.objects.all(), _request(**dict(parse_qsl(parts.query))), order=order)
        ids += [str(row.id) for row in found]
    return ids


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("order", [NEWEST, ("occurred_at", "id")])
@pytest.mark.parametrize("limit", ["1", "2", "3", "6", "7", "8", "1000"])
def test_pages_together_are_the_list(order: tuple[str, ...], limit: str) -> None:
    whole = [str(row.id) for row in Submission.objects.order_by(*order)]
    assert len(whole) == 7
    assert _all(order, limit=limit) == whole


def test_rows_that_come_meanwhile_move_nothing(cast: Cast) -> None:
    with tenant_scope([cast.acme.pk]):
        before = [str(row.id) for row in Submission.objects.order_by(*NEWEST)]
        later = iter(range(1, 100))
        assert _all(NEWEST, lambda: _one_more(cast, AT + timedelta(minutes=next(later))), limit="2") == before


def _one_more(cast: Cast, at: datetime) -> None:
    submit(cast.acme, at=at)


@pytest.mark.usefixtures("scope")
def test_page_is_one_query_bounded_by_its_first_column() -> None:
    _, address = page(Submission.objects.all(), _request(limit=2), order=NEWEST)
    query = dict(parse_qsl(urlsplit(address or "").query))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(Submission.objects.all(), _request(**query), order=NEWEST)
    assert len(queries) == 1
    # The last row of the first page is the second of the two newest.
    assert "\"occurred_at\" <= '2026-11-17 08:11:06.123456+00:00'" in queries[0]["sql"].replace(
        "::timestamptz", ""
    )


@pytest.mark.usefixtures("scope")
def test_rows_may_be_dicts() -> None:
    found, address = page(
        Submission.objects.values("occurred_at", "id", "account"), _request(limit=3), order=NEWEST
    )
    assert [set(row) for row in found] == [{"occurred_at", "id", "account"}] * 3
    assert address is not None


@pytest.mark.usefixtures("scope")
def test_other_parameters_stay_in_the_next_address() -> None:
    _, address = page(Submission.objects.all(), _request(limit=2, search="ä b&c"), order=NEWEST)
    assert dict(parse_qsl(urlsplit(address or "").query))["search"] == "ä b&c"


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "W10.x",
        "a.b.c",
        "\x00",
        "é",
        "W10." + "A" * 43,
        "." * 9000,
        "\ud800".encode("utf-8", "replace").decode(),
    ],
)
def test_cursor_that_was_made_up_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationError) as refused:
        page(Submission.objects.all(), _request(cursor=cursor), order=NEWEST)
    assert list(refused.value.detail) == ["cursor"]


@pytest.mark.usefixtures("scope")
def test_cursor_of_another_order_is_refused() -> None:
    _, address = page(Submission.objects.all(), _request(limit=1), order=NEWEST)
    query = dict(parse_qsl(urlsplit(address or "").query))
    with pytest.raises(ValidationError):
        page(Submission.objects.all(), _request(**query), order=("occurred_at", "id"))


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("limit", ["0", "1001", "-1", "1.5", "", "ten", "٣", "9" * 5000, " 5"])
def test_limit_out_of_bounds_is_refused(limit: str) -> None:
    with pytest.raises(ValidationError, match="is not a number from 1 to 1000"):
        page(Submission.objects.all(), _request(limit=limit), order=NEWEST)


@pytest.mark.usefixtures("scope")
def test_order_in_two_directions_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="one direction"):
        page(Submission.objects.all(), _request(), order=("-occurred_at", "id"))
