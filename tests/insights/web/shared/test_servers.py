"""The list of shared servers, one server's page with its mapping, and a question to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.ingest.shared.mapping import make_rule
from insights.ingest.shared.places import inbox_of, make_server
from insights.models import Source
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_tenant
from tests.imports import imported
from tests.insights.ingest.shared.servers import accept, mixed_log
from tests.insights.web.shared.stage import AT, NORTH, Stage
from tests.insights.web.week import words

ClientOf = Callable[[User], Client]
LIST_QUERIES = 20
"""Session, person, provider (two), inbox, customers, rights, the scope (with the test's savepoints), servers, events,
what waits (with a scope of its own for the tabs), the frame."""
PAGE_QUERIES = 24


def test_no_server_yet_says_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    page = words(client_of(cast.alice).get(f"{NORTH}shared/"))
    assert "No server is shared yet." in page
    assert "Name a mail server that serves several customers" in page
    assert "New shared server" in page
    reader = words(client_of(cast.carol).get(f"{NORTH}shared/"))
    assert "An owner of the provider can name a mail server" in reader
    assert "New shared server" not in reader


def test_server_is_made_with_the_inbox(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.alice)
    with tenant_scope([cast.acme.pk]):
        Source.objects.create(tenant=cast.acme, name="hub", format="postfix", time_zone="UTC")
    filled = {"name": "hub", "format": "postfix", "time_zone": "Europe/Berlin"}
    made = client.post(f"{NORTH}shared/new/", filled)
    inbox = inbox_of(cast.north)
    assert inbox is not None
    with tenant_scope([inbox.pk]):
        server = Source.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"{NORTH}shared/{server.pk}/")
    assert (server.name, server.time_zone, inbox.time_zone) == ("hub", "Europe/Berlin", "Europe/Berlin")
    page = words(client.get(made["Location"]))
    assert "Nothing was read yet." in page
    assert "Nothing says whose an event is: all of them wait." in page
    again = client.post(f"{NORTH}shared/new/", filled)
    assert (again.status_code, "There is a source of that name already." in words(again)) == (200, True)


def test_list_counts_by_customer_and_what_waits(stage: Stage, client_of: ClientOf) -> None:
    page = words(client_of(stage.cast.carol).get(f"{NORTH}shared/"))
    assert "hub Postfix" in page
    assert "Acme 3, Globex 3" in page
    assert "6 4 2" in page  # events at customers, messages and failed logins that wait
    assert "Inbox (6)" in page
    assert "New shared server" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_any_number(
    stage: Stage, client_of: ClientOf, django_assert_num_queries: Any, tmp_path: Path, count: int
) -> None:
    for number in range(count - 1):
        make_server(stage.cast.north, name=f"hub{number}", format="postfix", time_zone="UTC")
        data = mixed_log(AT, first=50 * number + 50)
        imported(stage.inbox, tmp_path, data, source=f"hub{number}", year=2026)
        accept(make_tenant(f"more-{number}", provider=stage.cast.north), f"more{number}.example")
    client = client_of(stage.cast.alice)
    client.get(f"{NORTH}shared/")
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(f"{NORTH}shared/").context["rows"]) == count
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(stage.page)


def test_page_shows_the_mapping_and_where_every_event_is(stage: Stage, client_of: ClientOf) -> None:
    cast = stage.cast
    with tenant_scope([stage.inbox.pk]):
        make_rule(
            stage.inbox,
            kind="domain",
            value="acme.example",
            customer=cast.globex,
            source=None,
            person=cast.alice,
        )
        make_rule(
            stage.inbox, kind="prefix", value="scan", customer=cast.acme, source=stage.server, person=None
        )
    response = client_of(cast.alice).get(stage.page)
    rows = [(row.value, row.customers, bool(row.rule), row.decides) for row in response.context["mapping"]]
    assert rows == [
        ("scan", ["Acme"], True, True),
        ("acme.example", ["Globex"], True, True),
        ("acme.example", ["Acme"], False, False),
        ("globex.example", ["Globex"], False, True),
    ]
    page = words(response)
    assert "Acme 3 Globex 3 Inbox 6 All events 12" in page
    assert "no, a rule goes before" in page
    found = client_of(cast.carol).get(f"{stage.page}?q=GLOBEX")
    assert [row.value for row in found.context["mapping"]] == ["acme.example", "globex.example"]
    assert b"rules/" not in found.content
    assert "Nothing of the mapping matches." in words(client_of(cast.carol).get(f"{stage.page}?q=nowhere"))


def test_light_of_the_last_line_goes_out_when_none_comes(stage: Stage, client_of: ClientOf) -> None:
    for days, light in ((1, "state-good"), (4, "state-warn"), (5, "state-bad")):
        if light == "state-bad":
            with tenant_scope([stage.inbox.pk]):
                Source.objects.filter(pk=stage.server.pk).update(silent_since=AT + timedelta(days=1))
        with time_machine.travel(AT + timedelta(days=days), tick=False):
            for page in (stage.page, f"{NORTH}shared/"):
                assert (
                    f'<span class="state {light}"><time'
                    in client_of(stage.cast.alice).get(page).content.decode()
                )


def test_page_names_a_domain_that_two_accept(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.alice)
    assert client.get(stage.page).context["conflicts"] == []
    accept(stage.cast.globex, "acme.example")
    page = client.get(stage.page)
    assert "acme.example is accepted by Acme, Globex: its events wait in the inbox." in words(page)
    assert "rules/new/?kind=domain&amp;value=acme.example" in page.content.decode()
    with tenant_scope([stage.inbox.pk]):
        make_rule(
            stage.inbox,
            kind="domain",
            value="acme.example",
            customer=stage.cast.acme,
            source=None,
            person=None,
        )
    assert client.get(stage.page).context["conflicts"] == []


TRIES = [
    ("account=anna@acme.example", "Acme gets it, because it accepts the domain “acme.example”."),
    ("account=root&sender=x@mail.acme.example", "the account has no domain, and Acme accepts “acme.example”"),
    ("account=zed@nobody.example", "no customer accepts the domain “nobody.example”"),
    ("account=scanner", "neither the account nor the sender has a domain"),
    ("account=boss@both.example", "Acme and Globex accept the domain “both.example”"),
    ("account=lab-7", "Globex gets it by the rule for accounts that begin with “lab-”."),
    ("account=root&client=192.0.2.9", "Acme gets it by the rule for the network 192.0.2.0/24."),
    ("account=x&client=nonsense", "Write an address such as 192.0.2.10."),
    ("account=%3Cscript%3E", "neither the account nor the sender has a domain"),
]


@pytest.mark.parametrize(("query", "said"), TRIES)
def test_try_it_says_who_gets_it_and_why(stage: Stage, client_of: ClientOf, query: str, said: str) -> None:
    cast = stage.cast
    accept(cast.acme, "both.example")
    accept(cast.globex, "both.example")
    with tenant_scope([stage.inbox.pk]):
        for kind, value, customer in (
            ("prefix", "lab-", cast.globex),
            ("network", "192.0.2.0/24", cast.acme),
        ):
            make_rule(stage.inbox, kind=kind, value=value, customer=customer, source=None, person=None)
    response = client_of(cast.carol).get(f"{stage.page}?{query}")
    assert said in words(response)
    assert b"<script>" not in response.content
