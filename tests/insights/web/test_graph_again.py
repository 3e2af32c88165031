"""Reading again from a day on brings back what was undone; the test of a connection holds no transaction open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection

from insights.connectors.graph.manage import connect_directory
from insights.connectors.graph.poll import poll
from insights.ingest.undo import undo_import
from insights.models import GraphConnection, LogImport, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.insights.connectors.graph.conftest import wanted
from tests.insights.connectors.graph.directory import Directory, sign_in
from tests.insights.web.graph_rows import ClientOf, stored
from tests.insights.web.week import NOW, words


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def ask(cast: Cast) -> str:
    """Ask now; return the error."""
    asked = stored(cast)
    outcome = poll(
        tenant_id=asked.tenant_id,
        connection_id=asked.pk,
        clock=lambda: NOW,
        sleep=lambda _s: None,
        is_by_hand=True,
    )
    return outcome.error


def accounts(cast: Cast) -> list[str]:
    with tenant_scope([cast.acme.pk]):
        return list(Submission.objects.order_by("occurred_at").values_list("account", flat=True))


def test_undone_days_come_back_and_nothing_counts_twice(
    cast: Cast,
    client_of: ClientOf,
    address: str,
    directory: Directory,
    queued: list[dict[str, str]],
) -> None:
    directory.sign_ins = [
        sign_in(days, at=NOW - timedelta(days=days), user=f"user{days}@acme.example")
        for days in (20, 9, 8, 2)
    ]
    assert ask(cast) == ""
    everybody = ["user20@acme.example", "user9@acme.example", "user8@acme.example", "user2@acme.example"]
    assert accounts(cast) == everybody
    with tenant_scope([cast.acme.pk]):
        undo_import(LogImport.objects.get(), now=NOW)
        undone = LogImport.objects.get()
    assert (ask(cast), accounts(cast)) == ("", [])
    shown = words(client_of(cast.bob).get(f"/t/acme/imports/{undone.pk}/"))
    assert "comes back with Read again from … on the page of the connection: Microsoft 365" in shown
    answer = client_of(cast.bob).post(f"{address}again/", {"since": "2026-11-09"}, follow=True)
    assert "The sign-ins from 9 Nov 2026 on are read again" in words(answer)
    assert len(queued) == 1
    assert (ask(cast), accounts(cast)) == ("", everybody[2:])
    with tenant_scope([cast.acme.pk]):
        told = LogImport.objects.exclude(status="undone").get()
        assert (told.lines_event, told.submissions_stored, told.submissions_duplicate) == (2, 2, 0)
    # Once more: nothing is new.
    client_of(cast.bob).post(f"{address}again/", {"since": "2026-11-09"})
    assert (ask(cast), accounts(cast)) == ("", everybody[2:])


@pytest.mark.parametrize("since", ["", "yesterday", "2026-10-17", "2026-11-18"])
def test_day_that_microsoft_does_not_have_is_refused(
    cast: Cast,
    client_of: ClientOf,
    address: str,
    queued: list[dict[str, str]],
    since: str,
) -> None:
    with tenant_scope([cast.acme.pk]):
        GraphConnection.objects.update(read_until=NOW)
    client_of(cast.bob).post(f"{address}again/", {"since": since})
    assert (stored(cast).read_until, queued) == (NOW, [])


@pytest.mark.parametrize("since", ["2026-10-18", "2026-11-17"])
def test_day_is_the_customers_and_is_never_later_than_what_was_read(
    cast: Cast,
    client_of: ClientOf,
    address: str,
    queued: list[dict[str, str]],
    since: str,
) -> None:
    bob = client_of(cast.bob)
    bob.post(f"{address}again/", {"since": since})
    assert (stored(cast).read_until, len(queued)) == (None, 1)
    read_until = NOW - timedelta(hours=20)
    with tenant_scope([cast.acme.pk]):
        GraphConnection.objects.update(read_until=read_until)
    bob.post(f"{address}again/", {"since": since})
    midnight = datetime.fromisoformat(f"{since}T00:00:00+02:00")
    assert stored(cast).read_until == min(read_until, midnight)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_test_holds_no_transaction_open_while_microsoft_is_asked(
    transactional_db: None,
    client_of: ClientOf,
    directory: Directory,
) -> None:
    cast = make_cast()
    with tenant_scope([cast.acme.pk]):
        made = connect_directory(cast.acme, name="Microsoft 365", wanted=wanted())
    bob = client_of(cast.bob)
    seen: list[str | None] = []

    def look() -> None:
        """In the server's thread, and so on a database connection of its own."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT state FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                seen.extend(state for (state,) in cursor.fetchall())
        finally:
            connection.close()

    directory.on_login = look
    said = words(bob.post(f"/t/acme/sources/{made.source_id}/microsoft-365/test/", follow=True))
    assert "The test worked" in said
    assert (bool(seen), "idle in transaction" in seen) == (True, False)
