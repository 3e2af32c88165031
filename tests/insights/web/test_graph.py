"""Connect Microsoft 365 in the browser: the form, the page of a connection, its buttons, and a hidden secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from insights.models import GraphConnection, GraphTraceDay, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.connectors.graph.certificates import pair
from tests.insights.connectors.graph.directory import (
    CLIENT,
    DIRECTORY,
    SECRET,
    Directory,
    Fault,
    login_error,
    refusal,
    sign_in,
)
from tests.insights.web.graph_rows import ENTERED, NEW, ClientOf, change, stored
from tests.insights.web.week import NOW, words

QUERIES = 13
PAIR, ENDED = pair(), pair(until=NOW)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_directory_is_connected_and_asked_soon(
    cast: Cast, client_of: ClientOf, queued: list[dict[str, str]]
) -> None:
    bob = client_of(cast.bob)
    assert "AuditLog.Read.All" in words(bob.get(NEW))
    answer = bob.post(NEW, ENTERED)
    made = stored(cast)
    assert answer["Location"] == f"/t/acme/sources/{made.source_id}/microsoft-365/"
    assert (made.directory_id, made.client_id, made.created_by_id) == (DIRECTORY, CLIENT, cast.bob.pk)
    assert queued == [{"tenant_id": str(cast.acme.pk), "connection_id": str(made.pk)}]
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.values_list("name", "format", "time_zone").get() == (
            "Microsoft 365",
            "entra",
            "Europe/Berlin",
        )


def test_secret_is_on_no_page(cast: Cast, client_of: ClientOf, address: str, directory: Directory) -> None:
    alice = client_of(cast.alice)
    pages = [
        alice.get(address),
        alice.get(f"{address}edit/"),
        alice.post(f"{address}edit/", {**ENTERED, "directory_id": "none"}),
        alice.post(NEW, {**ENTERED, "directory_id": "none"}),
        alice.post(f"{address}test/", follow=True),
        alice.get(f"/t/acme/sources/{stored(cast).source_id}/"),
        alice.get("/t/acme/sources/"),
    ]
    sealed = stored(cast).sealed_secret
    texts = [one.content.decode() for one in pages]
    assert [text for text in texts if SECRET in text or sealed in text] == []
    assert {one.status_code for one in pages} == {200}


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"directory_id": "acme.example"}, "Enter a valid UUID"),
        ({"secret": ""}, "This field is required"),
        ({"secret": "two words"}, "no client secret has"),
        ({"name": "mx1"}, "There is a source of that name already"),
        ({"cloud": "china", "reads_trace": "on"}, "in the worldwide cloud alone"),
        ({"cloud": "moon"}, "Select a valid choice"),
        ({"proof": "certificate"}, "This field is required"),
        (
            {"proof": "certificate", "certificate": PAIR.key},
            "No certificate in it belongs to the private key",
        ),
        ({"proof": "certificate", "certificate": PAIR.protected}, "openssl pkey -in key.pem"),
        ({"proof": "certificate", "certificate": ENDED.both}, "This certificate has expired"),
        ({"proof": "certificate", "certificate": "x" * 40_000}, "at most 32768 characters"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(
    cast: Cast, client_of: ClientOf, other: dict[str, str], said: str
) -> None:
    with tenant_scope([cast.acme.pk]):
        Source.objects.create(tenant=cast.acme, name="mx1", time_zone="UTC")
    answer = client_of(cast.bob).post(NEW, {**ENTERED, **other})
    assert said in words(answer)
    with tenant_scope([cast.acme.pk]):
        assert (GraphConnection.objects.count(), Source.objects.count()) == (0, 1)


def test_directory_is_connected_once_a_customer(cast: Cast, client_of: ClientOf, address: str) -> None:
    answer = client_of(cast.bob).post(NEW, {**ENTERED, "name": "Again"})
    assert "This directory is connected already" in words(answer)


def test_same_directory_may_be_connected_by_another_customer(
    cast: Cast, client_of: ClientOf, address: str, queued: list[dict[str, str]]
) -> None:
    answer = client_of(cast.bob).post("/t/globex/sources/microsoft-365/", ENTERED)
    assert (answer.status_code, len(queued)) == (302, 1)


@pytest.mark.parametrize(
    ("fault", "found", "said"),
    [
        (None, 1, "The test worked: Microsoft gives the sign-ins of this directory. There were SMTP AUTH"),
        (None, 0, "The test worked: Microsoft gives the sign-ins of this directory. There was no SMTP AUTH"),
        (
            Fault(403, refusal("Authentication_MSGraphPermissionMissing")),
            0,
            "lacks the application permission",
        ),
        (Fault(503, headers={"Retry-After": "60"}), 0, "The test failed: Microsoft is busy"),
    ],
)
def test_test_says_what_came_of_it_and_stores_nothing(
    cast: Cast,
    client_of: ClientOf,
    address: str,
    directory: Directory,
    fault: Fault | None,
    found: int,
    said: str,
) -> None:
    directory.sign_ins = [sign_in(number, at=NOW) for number in range(found)]
    directory.faults.extend([fault] if fault else [])
    assert said in words(client_of(cast.bob).post(f"{address}test/", follow=True))
    assert (stored(cast).polled_at, len(directory.asked)) == (None, 1)


def test_test_with_a_wrong_secret_says_so(
    cast: Cast, client_of: ClientOf, address: str, directory: Directory
) -> None:
    directory.login_faults.append(Fault(401, login_error(7000215)))
    said = words(client_of(cast.bob).post(f"{address}test/", follow=True))
    assert "The test failed: Microsoft refuses the client secret." in said


def test_secret_stays_when_none_is_entered(
    cast: Cast, client_of: ClientOf, address: str, queued: list[dict[str, str]]
) -> None:
    change(cast, failures=3, last_error="It failed.", read_until=NOW)
    before = stored(cast).sealed_secret
    answer = client_of(cast.bob).post(
        f"{address}edit/", {**ENTERED, "secret": "", "secret_expires_on": "2027-01-31"}
    )
    after = stored(cast)
    assert (answer.status_code, after.sealed_secret, after.failures, after.last_error) == (302, before, 0, "")
    assert (str(after.secret_expires_on), after.read_until, len(queued)) == ("2027-01-31", NOW, 1)


def test_other_directory_is_read_from_the_beginning_with_a_secret_of_its_own(
    cast: Cast, client_of: ClientOf, address: str, queued: list[dict[str, str]]
) -> None:
    change(cast, read_until=NOW)
    other = {**ENTERED, "directory_id": str(CLIENT)}
    refused = client_of(cast.bob).post(f"{address}edit/", {**other, "secret": ""})
    assert "Enter what this application proves itself with again" in words(refused)
    client_of(cast.bob).post(f"{address}edit/", other)
    assert (stored(cast).directory_id, stored(cast).read_until) == (CLIENT, None)


def test_connection_is_paused_and_asked_again(
    cast: Cast, client_of: ClientOf, address: str, queued: list[dict[str, str]]
) -> None:
    bob = client_of(cast.bob)
    assert "paused" in words(bob.post(f"{address}switch/", {"is_on": "no"}, follow=True))
    assert (stored(cast).is_enabled, queued) == (False, [])
    bob.post(f"{address}switch/", {"is_on": "yes"})
    assert (stored(cast).is_enabled, len(queued)) == (True, 1)


def test_removal_forgets_the_secret_and_keeps_the_source(
    cast: Cast, client_of: ClientOf, address: str
) -> None:
    answer = client_of(cast.bob).post(f"{address}remove/", follow=True)
    assert "its secret forgotten" in words(answer)
    with tenant_scope([cast.acme.pk]):
        assert (GraphConnection.objects.count(), Source.objects.count()) == (0, 1)
    assert client_of(cast.bob).get(address).status_code == 404


def test_page_shows_failures_in_a_row_on_the_source_too(
    cast: Cast, client_of: ClientOf, address: str
) -> None:
    failed = {"at": NOW.isoformat(), "sign_ins": 0, "stored": 0, "error": "No licence.", "trace_error": ""}
    change(
        cast, failures=3, failing_since=NOW, last_error="No licence.", next_poll_at=NOW, polls=[failed] * 3
    )
    carol = client_of(cast.carol)
    for url in (address, address.removesuffix("microsoft-365/")):
        assert "It failed 3 times in a row. No licence." in words(carol.get(url))
    assert words(carol.get(address)).count("failed No licence.") == 3


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2027-03-01", None),
        ("2026-12-01", "expires in"),
        (f"{NOW:%Y-%m-%d}", "expires today"),
        ("2026-11-01", "The client secret has expired"),
    ],
)
def test_secret_that_expires_soon_is_said_on_the_source_too(
    cast: Cast, client_of: ClientOf, address: str, day: str, said: str | None
) -> None:
    change(cast, secret_expires_on=day)
    for url in (address, address.removesuffix("microsoft-365/")):
        shown = words(client_of(cast.carol).get(url))
        assert (said in shown) if said else ("enter it here" not in shown)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"secret_expires_on": "2027-03-01"}, "works"),
        ({"secret_expires_on": "2026-12-01"}, "works, but expires soon"),
        ({"secret_expires_on": "2026-11-16"}, "works, past its last day"),
        ({"secret_expires_on": "2026-12-01", "trace_error": "No."}, "works, but expires soon"),
        ({"trace_error": "No."}, "works, but not message trace"),
        ({"secret_expires_on": "2026-12-01", "failures": 1}, "fails"),
        ({"secret_expires_on": "2026-12-01", "is_enabled": False}, "paused"),
    ],
)
def test_state_names_what_ends_before_it_ends(
    cast: Cast, client_of: ClientOf, address: str, fields: dict[str, Any], said: str
) -> None:
    change(cast, succeeded_at=NOW, **fields)
    shown = client_of(cast.carol).get(address).content.decode()
    assert re.findall(r'<span class="state [a-z-]*">([^<]*)</span>', shown)[0].startswith(said)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_asks_the_same_queries_for_any_data(
    cast: Cast, client_of: ClientOf, address: str, rows: int, django_assert_num_queries: Any
) -> None:
    change(cast, reads_trace=True)
    carol = client_of(cast.carol)
    assert "Nothing yet" in words(carol.get(address))
    with tenant_scope([cast.acme.pk]):
        for number in range(rows):
            GraphTraceDay.objects.create(
                tenant=cast.acme,
                source=Source.objects.get(),
                day=NOW - timedelta(days=number),
                account=f"{number}@acme.example",
                messages=1111,
                asked_at=NOW,
            )
    with django_assert_num_queries(QUERIES):
        shown = words(carol.get(address))
    assert shown.count("1,111") == rows


def test_page_of_the_source_says_what_feeds_it_and_asks_for_no_log(
    cast: Cast, client_of: ClientOf, address: str
) -> None:
    shown = words(client_of(cast.carol).get(address.removesuffix("microsoft-365/")))
    assert "Sign-ins of Microsoft 365" in shown
    assert "not asked yet" in shown
    assert "Upload a log" not in shown
