"""The upload page recognises a log, shows what it found, refuses with the reason, and lets the person insist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.ingest.days import Days
from insights.ingest.totals import days_of
from insights.models import Source
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.api.test_uploads import EXIM
from tests.insights.web.import_rows import LOG, imports_of, make_import, upload
from tests.insights.web.week import NOW, words

ClientOf = Callable[[User], Client]
PAGE = "/t/acme/sources/upload/"
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
CRON = b"Nov 16 10:00:00 mx1 CRON[71]: (root) CMD (x)\n"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_recognising_is_what_is_offered_first(cast: Cast, client_of: ClientOf) -> None:
    field = client_of(cast.bob).get(PAGE).context["form"].fields["format"]
    assert field.choices[0] == ("auto", "Recognise it from the content")
    assert "anyway" not in words(client_of(cast.bob).get(PAGE))


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (EXIM, "exim", "Recognised as Exim (certain): Exim, 1 of 1 lines, 1 events."),
        (LOG, "postfix", "Recognised as Postfix (certain): Postfix, 10 of 10 lines, 2 events."),
        (
            EXIM + LOG,
            "mixed",
            "Several mail servers in one syslog (certain): Postfix, 10 of 11 lines, 2 events; Exim, 1 of 11 lines, 1",
        ),
        (
            b"Nov 16 10:00:00 mx1 postfix/qmgr[9]: A1: removed\n",
            "postfix",
            "Recognised as Postfix (likely): Postfix, by the form of its lines, none of which tells of a login so far.",
        ),
    ],
)
def test_log_is_recognised_and_what_was_found_is_shown(
    cast: Cast, client_of: ClientOf, data: bytes, kind: str, said: str
) -> None:
    client = client_of(cast.bob)
    response = upload(client, "acme", data, format="auto")
    assert response.status_code == 303
    (log_import,) = imports_of(cast.acme)
    assert log_import.source.format == kind
    assert said in words(client.get(response["Location"]))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (CRON, "The only line is of no mail server's log that can be read. They are of CRON."),
        (CRON * 3, "None of the first 3 lines is of a mail server's log that can be read. They are of CRON."),
    ],
)
def test_log_in_doubt_is_refused_unless_the_kind_is_chosen(
    cast: Cast, client_of: ClientOf, data: bytes, said: str
) -> None:
    client = client_of(cast.bob)
    refused = words(upload(client, "acme", data, format="auto"))
    assert said in refused
    assert "To read it all the same, choose the kind." in refused
    assert imports_of(cast.acme) == []
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()
    response = upload(client, "acme", data, format="postfix")
    assert "It is read as Postfix, as was chosen." in words(client.get(response["Location"]))


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (b"account,sent,day\nann,3,4\n", "csv", "This is a table with the columns account, sent, day,"),
        (b'{"a": 1}\n', "ndjson", "This file holds JSON, and no record in it is of a known mail server."),
    ],
)
def test_table_or_records_lead_to_their_columns(
    cast: Cast, client_of: ClientOf, data: bytes, kind: str, said: str
) -> None:
    client = client_of(cast.bob)
    response = upload(client, "acme", data, format="auto")
    (log_import,) = imports_of(cast.acme)
    assert response["Location"] == f"/t/acme/imports/{log_import.pk}/columns/"
    assert log_import.source.format == kind
    assert said in words(client.get(response["Location"]))


def test_log_of_another_kind_is_refused_by_a_source_until_the_person_insists(
    cast: Cast, client_of: ClientOf
) -> None:
    source, client = make_source(cast.acme, "mx1"), client_of(cast.bob)
    page = upload(client, "acme", EXIM, source=str(source.pk))
    assert "The source “mx1” is of the kind Postfix and keeps it. This file: Recognised as Exim" in words(
        page
    )
    assert b'name="anyway"' in page.content
    assert imports_of(cast.acme) == []
    response = upload(client, "acme", EXIM, source=str(source.pk), anyway="on")
    assert response.status_code == 303
    assert "It is read as Postfix, as was chosen." in words(client.get(response["Location"]))


def test_quiet_log_of_a_known_source_is_taken(cast: Cast, client_of: ClientOf) -> None:
    source = make_source(cast.acme, "mx1")
    assert upload(client_of(cast.bob), "acme", CRON, source=str(source.pk)).status_code == 303


def test_report_of_exchange_online_asks_for_its_days(cast: Cast, client_of: ClientOf) -> None:
    bob = client_of(cast.bob)
    table = SAMPLES / "exchange-online" / "smtp-auth-clients.csv"
    given = {"source": "new", "name": "m365", "format": "auto", "time_zone": "Europe/Berlin"}

    def send(**days: str) -> Any:
        with table.open("rb") as file:
            return bob.post(PAGE, {**given, **days, "file": file})

    assert "Give the first and the last day." in words(send())
    assert "The last day is not before the first." in words(
        send(first_day="2026-11-17", last_day="2026-11-16")
    )
    assert "The first day is not before 1970." in words(send(first_day="0001-01-01"))
    assert "The last day is not in the future." in words(send(first_day="2026-11-16", last_day="2099-01-01"))
    assert "Give the first day too." in words(send(last_day="2026-11-16"))
    assert imports_of(cast.acme) == []
    assert send(first_day="2026-11-16", last_day="2026-11-17").status_code == 303
    (log_import,) = imports_of(cast.acme)
    with tenant_scope([cast.acme.pk]):
        assert log_import.source.format == "exchange-online"
        assert days_of(log_import) == Days(date(2026, 11, 16), date(2026, 11, 17))
    given["source"] = str(log_import.source_id)
    assert "would count twice" in words(send(first_day="2026-11-17"))
    assert len(imports_of(cast.acme)) == 1


def test_page_of_an_import_says_what_was_recognised_and_how_sure(cast: Cast, client_of: ClientOf) -> None:
    bob, carol = client_of(cast.bob), client_of(cast.carol)
    upload(bob, "acme", format="auto")
    upload(bob, "acme", format="postfix", name="mx2", data=CRON, anyway="on")
    kept = {one.source.name: one for one in imports_of(cast.acme)}
    pages = {name: words(carol.get(f"/t/acme/imports/{one.pk}/")) for name, one in kept.items()}
    assert "Recognised as Postfix (certain): Postfix, 10 of 10 lines, 2 events." in pages["mx1"]
    assert "The only line is of no mail server's log that can be read. They are of CRON." in pages["mx2"]


def test_import_that_nobody_looked_at_says_nothing_of_it(cast: Cast, client_of: ClientOf) -> None:
    made = make_import(cast.acme)
    assert "Recognition" not in words(client_of(cast.carol).get(f"/t/acme/imports/{made.pk}/"))
