"""The sources of all customers on one page: one row each, sorted by need, the same in the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from insights.models import Source
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source, submit
from tests.insights.web.import_rows import COUNTED, make_import
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stage(cast: Cast) -> Cast:
    """mx1 of acme is up to date, mx2 has been silent since a week; globex has one without a line; a canary."""
    submit(cast.acme, at=NOW - timedelta(hours=1), count=4)
    make_import(cast.acme, **COUNTED)
    submit(cast.acme, at=days_ago(8), source="mx2")
    with tenant_scope([cast.acme.pk]):
        Source.objects.filter(name="mx1").update(last_received_at=NOW)
        Source.objects.filter(name="mx2").update(last_received_at=days_ago(8), silent_since=days_ago(7))
    make_source(cast.globex, "new")
    submit(cast.initech, at=days_ago(1), source="canary")
    return cast


def rows_of(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"/sources.csv{query}")
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def test_worst_source_stands_first(stage: Cast, client_of: ClientOf) -> None:
    rows = rows_of(client_of(stage.alice))
    assert [(row["slug"], row["source"], row["standing"]) for row in rows] == [
        ("acme", "mx2", "silent"),
        ("globex", "new", "no_line"),
        ("acme", "mx1", "up_to_date"),
    ]
    assert (rows[2]["messages"], rows[2]["lines"], rows[2]["lines_matched"]) == ("4", "41759", "32333")


def test_page_has_the_rows_of_the_file(stage: Cast, client_of: ClientOf) -> None:
    client = client_of(stage.alice)
    told = words(client.get("/sources/"))
    assert "All (3)" in told
    assert (
        told.index("mx2 Postfix silent")
        < told.index("new Postfix no line yet")
        < told.index("mx1 Postfix up to")
    )
    assert "canary" not in told


@pytest.mark.parametrize(
    ("query", "sources"),
    [
        ("?q=glob", ["new"]),
        ("?q=nothing", []),
        ("?attention=yes&sort=-source", ["new", "mx2"]),
        ("?sort=source", ["mx1", "mx2", "new"]),
        ("?sort=nonsense", ["mx2", "new", "mx1"]),
    ],
)
def test_choice_is_in_the_address(stage: Cast, client_of: ClientOf, query: str, sources: list[str]) -> None:
    assert [row["source"] for row in rows_of(client_of(stage.alice), query)] == sources


def test_nothing_found_says_what_next(stage: Cast, client_of: ClientOf) -> None:
    assert "No source matches." in words(client_of(stage.alice).get("/sources/?q=nothing"))


def test_stranger_sees_no_source(stage: Cast, client_of: ClientOf) -> None:
    assert rows_of(client_of(stage.eve)) == []
    assert [row["source"] for row in rows_of(client_of(stage.mallory))] == ["canary"]


def test_page_takes_the_same_queries_for_any_number(
    stage: Cast, client_of: ClientOf, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(stage.alice)
    client.get("/sources/")
    for number in range(3):
        make_source(stage.globex, f"more{number}")
        with django_assert_num_queries(9):
            client.get("/sources/")
