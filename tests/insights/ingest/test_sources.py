"""What may be changed about a source, and when: nothing that would count a log twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from insights.ingest.sources import SourceBusy, change_source, check_source, find_source, source_named
from insights.ingest.undo import undo_import
from insights.models import ImportStatus, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, make_source, submit
from tests.imports import NOW, imported, source_of
from tests.insights.ingest.lines import messages

AT = NOW - timedelta(days=2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def source(cast: Cast) -> Iterator[Source]:
    """An empty source of acme, whose scope is entered."""
    made = make_source(cast.acme)
    with tenant_scope([cast.acme.pk]):
        yield made


def test_source_is_found_by_name_or_id(source: Source, cast: Cast) -> None:
    with tenant_scope([cast.acme.pk]):
        named_so = source_named(cast.acme, str(source.pk).upper(), format="postfix", time_zone="UTC")
    foreign = make_source(cast.initech, "canary")
    assert find_source("mx1") == find_source(str(source.pk)) == find_source(source.pk.hex) == source
    assert find_source(str(source.pk).upper()) == named_so
    for nothing in (
        "",
        "mx",
        "MX1",
        "mx1 ",
        "a\x00b",
        "\ud800",
        "x" * 101,
        str(UUID(int=7)),
        "canary",
        str(foreign.pk),
    ):
        assert find_source(nothing) is None


def test_empty_source_can_be_read_otherwise(source: Source) -> None:
    Source.objects.update(parser_state=b"x", last_line_at=NOW)
    change_source(source, name="mx9", format="postfix", time_zone="Asia/Tokyo")
    source.refresh_from_db()
    assert (source.name, source.time_zone) == ("mx9", "Asia/Tokyo")
    assert (source.parser_state, source.last_line_at) == (None, None)


def test_new_name_leaves_the_parser_where_it_is(source: Source) -> None:
    Source.objects.update(parser_state=b"x", last_line_at=NOW)
    source.refresh_from_db()
    change_source(source, name="mx9", format="postfix", time_zone=source.time_zone)
    source.refresh_from_db()
    assert (source.name, bytes(source.parser_state or b""), source.last_line_at) == ("mx9", b"x", NOW)


@pytest.mark.parametrize("store", [submit, fail_login])
def test_source_with_events_keeps_its_zone(cast: Cast, source: Source, store: object) -> None:
    store(cast.acme, at=AT)  # type: ignore[operator]  # the two makers of events
    with pytest.raises(ValidationError) as refused:
        change_source(source, name="mx9", format="postfix", time_zone="Asia/Tokyo")
    assert list(refused.value.message_dict) == ["time_zone"]
    source.refresh_from_db()
    assert (source.name, source.time_zone) == ("mx1", "Europe/Berlin")
    change_source(source, name="mx9", format="postfix", time_zone="Europe/Berlin")


def test_events_of_other_sources_do_not_matter(cast: Cast, source: Source) -> None:
    submit(cast.acme, at=AT, source="mx2")
    submit(cast.initech, at=AT, source="mx1")
    change_source(source, name="mx1", format="postfix", time_zone="Asia/Tokyo")


@pytest.mark.usefixtures("source")
def test_log_read_in_the_wrong_zone_is_undone_and_read_in_the_right_one(cast: Cast, tmp_path: Path) -> None:
    log = messages(AT, 3)
    wrong = imported(cast.acme, tmp_path, log, source="mx3", zone="Asia/Tokyo", year=2026)
    source = source_of(cast.acme, "mx3")
    with pytest.raises(ValidationError):
        change_source(source, name="mx3", format="postfix", time_zone="UTC")
    undo_import(wrong, now=NOW)
    change_source(source, name="mx3", format="postfix", time_zone="UTC")
    again = imported(cast.acme, tmp_path, log, source="mx3", year=2026)
    assert (again.status, again.submissions_stored, again.first_at) == (ImportStatus.DONE, 3, AT)


def test_source_that_is_being_read_stays_as_it_is(source: Source) -> None:
    settings = connection.get_connection_params()
    keys = ("host", "port", "user", "dbname", "password")
    with psycopg.connect(**{key: settings[key] for key in keys if settings.get(key)}) as reader:
        reader.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(source.pk)])
        with pytest.raises(SourceBusy):
            change_source(source, name="mx1", format="postfix", time_zone="Asia/Tokyo")
        change_source(source, name="mx9", format="postfix", time_zone="Europe/Berlin")
    change_source(source, name="mx9", format="postfix", time_zone="Asia/Tokyo")


def test_everything_that_is_wrong_is_said_at_once(source: Source) -> None:
    with pytest.raises(ValidationError) as refused:
        check_source(name="mx1", format="courier", time_zone="localtime")
    assert sorted(refused.value.message_dict) == ["format", "name", "time_zone"]
    check_source(name="mx1", format="postfix", time_zone="UTC", instead_of=source)
    with pytest.raises(ValidationError):
        check_source(name="m\nx", format="postfix", time_zone="UTC")
