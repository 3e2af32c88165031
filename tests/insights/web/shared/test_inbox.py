"""The inbox: what waits by domain and account, assigned and taken back, every control in the address."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from insights.ingest.shared.places import make_server
from insights.models import Assignment, SharedRule
from tenants.models import Tenant, User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, events_of, imported
from tests.insights.ingest.shared.servers import accept, assert_shared, mixed_log
from tests.insights.web.shared.stage import AT, NORTH, Stage
from tests.insights.web.week import words

ClientOf = Callable[[User], Client]
INBOX = f"{NORTH}inbox/"
DOMAIN_QUERIES = 21
"""Session, person, provider (two), inbox, customers, rights, the scope, servers, domains, the mapping (two), the total
(with a scope of its own), the frame."""
ACCOUNT_QUERIES = 23
ASSIGNED_QUERIES = 20


def listed(response: Any) -> list[tuple[str, int, int, int]]:
    return [
        (row.waiting.name, row.waiting.accounts, row.waiting.messages, row.waiting.failures)
        for row in response.context["rows"]
    ]


def assign(client: Client, customer: Tenant | None, **more: str) -> Any:
    filled = {
        "kind": "domain",
        "value": "nobody.example",
        "customer": str(customer.pk) if customer else "",
        **more,
    }
    return client.post(f"{INBOX}assign/", filled)


def test_inbox_lists_what_waits_by_domain_and_account(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.carol)
    page = client.get(INBOX)
    assert sorted(listed(page)) == [("", 1, 2, 1), ("nobody.example", 1, 2, 1)]
    said = words(page)
    assert "It can be assigned for 90 days." in said
    assert "without a domain" in said
    assert "nobody's domain" in said
    accounts = client.get(f"{INBOX}?view=accounts&sort=name")
    assert listed(accounts) == [("scanner", 1, 2, 1), ("zed@nobody.example", 1, 2, 1)]
    assert listed(client.get(f"{INBOX}?view=accounts&domain=nobody.example")) == [
        ("zed@nobody.example", 1, 2, 1)
    ]
    assert listed(client.get(f"{INBOX}?view=accounts&domain=-")) == [("scanner", 1, 2, 1)]
    assert listed(client.get(f"{INBOX}?view=accounts&domain=strange.example")) == []


@pytest.mark.parametrize("view", ["domains", "accounts"])
def test_search_sort_and_server_are_in_the_address(
    stage: Stage, client_of: ClientOf, tmp_path: Path, view: str
) -> None:
    other = make_server(stage.cast.north, name="other", format="postfix", time_zone="UTC")
    data = mixed_log(AT, ["a_b@under.example", "a%b@per.example"], each=3, first=70)
    imported(stage.inbox, tmp_path, data, source="other", year=2026)
    client = client_of(stage.cast.alice)

    def names(query: str) -> list[str]:
        return [one[0].rpartition("@")[2] for one in listed(client.get(f"{INBOX}?view={view}&{query}"))]

    assert names("q=NOBODY") == ["nobody.example"]
    assert names("q=nobody%00") == ["nobody.example"]
    assert names("q=a_b") == ["under.example"]
    assert names("q=%25") == ["per.example"]
    assert (
        names(f"server={other.pk}&sort=name") == ["per.example", "under.example"]
        if view == "domains"
        else True
    )
    assert set(names(f"server={stage.server.pk}")) == {
        "nobody.example",
        "" if view == "domains" else "scanner",
    }
    assert set(names("sort=-messages")[:2]) == {"per.example", "under.example"}
    assert set(names("sort=messages")[2:]) == {"per.example", "under.example"}
    for key in ("name", "failures", "first", "last", "nonsense; DROP TABLE x"):
        assert len(names(f"sort=-{key}")) == 4
    assert len(names("server=nonsense&page=99&row=nothing")) == 4
    assert "Nothing that waits matches." in words(client.get(f"{INBOX}?view={view}&q=nowhere"))


@pytest.mark.parametrize("count", [1, 3])
def test_inbox_takes_the_same_queries_for_any_number(
    stage: Stage, client_of: ClientOf, django_assert_num_queries: Any, tmp_path: Path, count: int
) -> None:
    accounts = [f"u@more{number}.example" for number in range(5 * (count - 1))]
    if accounts:
        imported(stage.inbox, tmp_path, mixed_log(AT, accounts, each=1, first=80), source="hub", year=2026)
    client = client_of(stage.cast.alice)
    for number in range(count):
        assign(client, stage.cast.acme, value=f"more{number}.example" if count > 1 else "nobody.example")
    client.get(INBOX)
    for query, queries in (
        ("?row=-", DOMAIN_QUERIES),
        ("?view=accounts", ACCOUNT_QUERIES),
        ("?view=assigned", ASSIGNED_QUERIES),
    ):
        with django_assert_num_queries(queries):
            assert len(client.get(f"{INBOX}{query}").context["rows"]) >= count - 1


def test_row_opens_with_the_form_and_what_the_mapping_says(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.alice)
    page = client.get(f"{INBOX}?row=nobody.example")
    said = words(page)
    assert "2 messages and 1 failed login wait, of 20–21 Nov 2026." in said
    assert "no customer accepts the domain “nobody.example”" in said
    assert page.context["form"].initial["customer"] == ""
    assert page.context["form"].initial["with_rule"]
    accept(stage.cast.globex, "nobody.example")
    page = client.get(f"{INBOX}?row=nobody.example")
    assert page.context["form"].initial["customer"] == str(stage.cast.globex.pk)
    assert not page.context["form"].initial["with_rule"]
    reader = client_of(stage.cast.carol).get(f"{INBOX}?row=nobody.example")
    assert "An owner of the provider can assign it." in words(reader)
    assert b"inbox/assign/" not in reader.content


def test_assigning_says_what_was_done_and_can_be_taken_back(stage: Stage, client_of: ClientOf) -> None:
    cast, client = stage.cast, client_of(stage.cast.alice)
    done = client.post(
        f"{INBOX}assign/?view=accounts&q=zed",
        {"kind": "account", "value": "zed@nobody.example", "customer": str(cast.acme.pk), "with_rule": "on"},
    )
    assert (done.status_code, done["Location"]) == (302, f"{INBOX}?view=accounts&q=zed")
    said = words(client.get(INBOX))
    assert "3 events of “zed@nobody.example” were assigned to Acme." in said
    assert "A rule gives what comes from now on to Acme." in said
    assert (events_of(stage.inbox), events_of(cast.acme)) == (3, 6)
    with tenant_scope([stage.inbox.pk]):
        assert SharedRule.objects.get().value == "zed@nobody.example"
        made = Assignment.objects.get()
    page = client.get(f"{INBOX}?view=assigned")
    said = words(page)
    assert "Acme 3 24 Nov 2026, 12:00 Alice at the customer Take back" in said
    back = client.post(f"{INBOX}assignments/{made.pk}/take-back/?view=assigned")
    assert (back.status_code, back["Location"]) == (302, f"{INBOX}?view=assigned")
    page = client.get(f"{INBOX}?view=assigned")
    assert "3 events wait in the inbox again." in words(page)
    assert "taken back 24 Nov 2026, 12:00" in words(page)
    assert client.post(f"{INBOX}assignments/{made.pk}/take-back/").status_code == 302
    assert "This assignment was taken back before." in words(client.get(INBOX))
    assert client.post(f"{INBOX}assignments/{stage.server.pk}/take-back/").status_code == 404
    assert_shared(cast, stage.inbox, events=12)


def test_button_pressed_twice_changes_nothing_more(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.alice)
    assign(client, stage.cast.acme)
    assign(client, stage.cast.globex)
    assert "Nothing of “nobody.example” waits any more; nothing was moved." in words(client.get(INBOX))
    assert (events_of(stage.cast.acme), events_of(stage.cast.globex)) == (6, 3)


def test_wrong_assignment_is_refused(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.alice)
    for customer in (None, stage.cast.initech, stage.inbox):
        answer = assign(client, customer)
        assert answer["Location"] == f"{INBOX}?row=nobody.example"
    assert "Choose the customer whose it is." in words(client.get(INBOX))
    assign(client, stage.cast.acme, value="no domain", with_rule="on")
    assert "Write a domain such as example.org" in words(client.get(INBOX))
    assert events_of(stage.inbox) == 6


def test_mapping_made_later_is_applied_by_one_button(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.alice)
    client.post(f"{INBOX}assign-all/")
    assert "The mapping gives nothing of what waits to anybody; nothing was moved." in words(
        client.get(INBOX)
    )
    accept(stage.cast.acme, "nobody.example")
    assert "Acme , accepted domain" in words(client.get(INBOX))
    client.post(f"{INBOX}assign-all/")
    assert "3 events were assigned by the mapping." in words(client.get(INBOX))
    assert events_of(stage.cast.acme) == 6


def test_what_the_customer_keeps_no_more_is_said(stage: Stage, client_of: ClientOf, tmp_path: Path) -> None:
    data = mixed_log(NOW.replace(day=4), ["zed@nobody.example"], first=70)
    imported(stage.inbox, tmp_path, data, source="hub", year=2026)
    Tenant.objects.filter(pk=stage.cast.acme.pk).update(retention_days=7)
    client = client_of(stage.cast.alice)
    assign(client, stage.cast.acme)
    said = words(client.get(INBOX))
    assert "3 events of “nobody.example” were assigned to Acme." in said
    assert "3 events wait on: they are older than the customer keeps." in said


def test_empty_inbox_says_why(cast: Cast, stage: Stage, client_of: ClientOf) -> None:
    client = client_of(cast.alice)
    assign(client, cast.acme)
    assign(client, cast.acme, kind="account", value="scanner")
    page = words(client.get(INBOX))
    assert "Nothing waits." in page
    assert "Every event of the shared servers is at its customer." in page
    assert "Assign by the mapping" not in page
    assert "Inbox (0)" in page


def test_inbox_without_data_leads_to_the_servers(cast: Cast, client_of: ClientOf) -> None:
    assert client_of(cast.alice).get(INBOX).status_code == 404
    make_server(cast.north, name="hub", format="postfix", time_zone="UTC")
    page = words(client_of(cast.alice).get(INBOX))
    assert "Read the log of a shared server first." in page
    assert "Nothing was assigned yet." in words(client_of(cast.alice).get(f"{INBOX}?view=assigned"))


def test_overview_counts_what_waits_and_leads_there(stage: Stage, client_of: ClientOf) -> None:
    page = client_of(stage.cast.carol).get("/")
    assert "Waiting in the inbox 6" in words(page)
    assert "Inbox (6)" in words(page)
    assert INBOX.encode() in page.content
    assert b"inbox" not in client_of(stage.cast.mallory).get("/t/initech/").content.replace(b"#inbox", b"")
