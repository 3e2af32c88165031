"""Connect a source: who may, texts with the real address and a fresh key, and a light that turns green."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
import yaml
from django.test import Client

from insights.models import Source
from insights.web.snippets import NO_KEY, Endpoint, kits
from tenants.api_keys import find_key, make_key
from tenants.models import ApiKey, User
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import api_with
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.api.ingest.senders import send_lines
from tests.insights.web.week import words

ClientOf = Callable[[User], Client]
CONNECT = "/t/acme/sources/connect/"
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
LINE = b"2026-06-03T11:59:58+00:00 mail postfix/submission/smtpd[1]: connect from unknown[192.0.2.7]\n"
_TEXT = re.compile(r"sai_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def new(name: str = "mx1", **changed: str) -> dict[str, str]:
    return {
        "key_id": str(uuid4()),
        "source": "new",
        "name": name,
        "format": "postfix",
        "time_zone": "UTC",
        **changed,
    }


def keys_in(page: Any) -> set[str]:
    return set(_TEXT.findall(html.unescape(page.content.decode())))


def light_url(page: Any) -> str:
    found = re.search(r'hx-get="([^"]+/light/[^"]*)"', page.content.decode())
    assert found
    return html.unescape(found[1])


def test_page_is_for_technicians_and_owners(cast: Cast, client_of: ClientOf) -> None:
    source = make_source(cast.acme)
    for path in (CONNECT, f"/t/acme/sources/{source.pk}/light/"):
        for person, status in ((cast.alice, 200), (cast.bob, 200), (cast.carol, 403), (cast.mallory, 404)):
            assert client_of(person).get(path).status_code == status
    for person in (cast.carol, cast.dora, cast.mallory):
        assert client_of(person).post(CONNECT, new("evil")).status_code in {403, 404}
    with tenant_scope([cast.acme.pk]):
        assert [one.name for one in Source.objects.all()] == ["mx1"]
    assert not ApiKey.objects.exists()


def test_owner_gets_a_new_source_a_fresh_key_and_texts_that_hold_both(
    cast: Cast, client_of: ClientOf, settings: Any
) -> None:
    settings.SITE_URL = "https://insights.example.com"
    page = client_of(cast.alice).post(CONNECT, new("mx 1", time_zone="Asia/Seoul"))
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    (text,) = keys_in(page)
    key = find_key(text, now=NOW)
    assert key is not None
    assert (key.tenant, key.scopes, key.networks, key.created_by) == (cast.acme, ["ingest"], [], cast.alice)
    assert key.name == "Log of mx 1"
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.get()
    assert (source.name, source.format, source.time_zone) == ("mx 1", "postfix", "Asia/Seoul")
    body = page.content.decode()
    assert body.count("https://insights.example.com/api/v1/tenants/acme/sources/mx%201/lines") == 4
    assert body.count(text) == 8  # by itself, and in every text but the service and omprog's configuration
    assert NO_KEY not in body


def test_form_that_is_sent_twice_makes_one_source_and_one_key(cast: Cast, client_of: ClientOf) -> None:
    alice, first = client_of(cast.alice), new()
    alice.post(CONNECT, first)
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.get()
    again = alice.post(CONNECT, {**first, "source": str(source.pk), "name": ""})
    assert (again.status_code, again["Location"]) == (302, f"{CONNECT}?source={source.pk}")
    assert "A key was made already." in words(alice.get(again["Location"]))
    assert ApiKey.objects.count() == 1
    repeated = alice.post(CONNECT, first)
    assert "There is a source of that name already." in words(repeated)


def test_technician_gets_texts_with_a_place_for_the_key(cast: Cast, client_of: ClientOf) -> None:
    bob = client_of(cast.bob)
    answer = bob.post(CONNECT, new())
    assert answer.status_code == 302
    page = bob.get(answer["Location"])
    assert keys_in(page) == set()
    assert NO_KEY in page.content.decode()
    assert "which an owner makes under Settings" in words(page)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Give the new source a name."),
        ({"name": "a/b"}, "cannot have a slash"),
        ({"name": "a\x07b"}, "1 to 100 visible characters"),
        ({"name": "mx1"}, "There is a source of that name already."),
        ({"format": "abacus"}, "Select a valid choice."),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice."),
        ({"source": "other"}, "Select a valid choice."),
        ({"source": "initech"}, "Select a valid choice."),
        ({"source": "slash"}, "An address cannot hold this name"),
        ({"source": "events"}, "Select a valid choice."),
    ],
)
def test_wrong_answer_is_told_and_makes_nothing(
    cast: Cast, client_of: ClientOf, wrong: dict[str, str], said: str
) -> None:
    make_source(cast.acme)
    foreign, slash, events = (
        make_source(cast.initech),
        make_source(cast.acme, "a/b"),
        make_source(cast.acme, "api"),
    )
    with tenant_scope([cast.acme.pk]):
        Source.objects.filter(pk=events.pk).update(format="events")
    ids = {"initech": str(foreign.pk), "slash": str(slash.pk), "events": str(events.pk)}
    asked = {name: ids.get(value, value) for name, value in wrong.items()}
    page = client_of(cast.alice).post(CONNECT, new("fresh") | asked)
    assert page.status_code == 200
    assert said in words(page)
    with tenant_scope([cast.acme.pk]):
        assert Source.objects.count() == 3
    assert not ApiKey.objects.exists()


def test_light_turns_green_at_the_first_line(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    alice = client_of(cast.alice)
    page = alice.post(CONNECT, new())
    (text,) = keys_in(page)
    url = light_url(page)
    clock.shift(5)
    waiting = alice.get(url)
    assert "Waiting for the first line …" in words(waiting)
    assert light_url(waiting) == url
    clock.shift(5)
    assert send_lines(api_with(text), LINE)["lines"] == 1
    green = alice.get(url)
    assert (
        "The first lines are here. Received at 14:00:10; the newest line is of Wed 3 Jun 2026, 13:59:58."
        in words(green)
    )
    assert b"hx-get" not in green.content
    assert "Lines are coming in." in words(alice.get(f"{CONNECT}?source={url.split('/')[4]}"))


def test_light_tells_of_a_key_that_was_used_in_vain(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    alice = client_of(cast.alice)
    page = alice.post(CONNECT, new())
    (text,), url = keys_in(page), light_url(page)
    clock.shift(5)
    send_lines(api_with(text), LINE, tenant="globex", status=404)
    refused = words(alice.get(url))
    assert "The key was used, but no line was taken yet." in refused
    assert "At 14:00:05 from 127.0.0.1." in refused
    bob = words(client_of(cast.bob).get(url))  # who manages no keys is told nothing of them
    assert "127.0.0.1" not in bob
    assert "Waiting for the first line" in bob


def test_light_tells_of_lines_that_nobody_could_read(
    cast: Cast, client_of: ClientOf, clock: time_machine.Traveller
) -> None:
    alice = client_of(cast.alice)
    page = alice.post(CONNECT, new())
    (text,), url = keys_in(page), light_url(page)
    clock.shift(5)
    told = send_lines(api_with(text), b"this is no log\n")
    unread = alice.get(url)
    assert "Lines came, and none could be read." in words(unread)
    assert f"/t/acme/imports/{told['import']}/" in unread.content.decode()
    clock.shift(2)
    send_lines(api_with(text), LINE)
    assert "The first lines are here." in words(alice.get(url))


def test_light_gives_up_after_an_hour(cast: Cast, client_of: ClientOf, clock: time_machine.Traveller) -> None:
    alice = client_of(cast.alice)
    url = light_url(alice.post(CONNECT, new()))
    clock.shift(timedelta(minutes=61))
    late = alice.get(url)
    assert "No line has come in an hour." in words(late)
    assert b"hx-get" not in late.content


def test_key_of_another_place_says_nothing(cast: Cast, client_of: ClientOf) -> None:
    source = make_source(cast.acme)
    key, _ = make_key(name="other", scopes=[Scope.INGEST], tenant=cast.globex)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=NOW, last_used_from="198.51.100.77")
    light = f"/t/acme/sources/{source.pk}/light/"
    for query in (f"key={key.pk}", "key=x&since=y", "since=9999-12-31T23:59:59-23:59", "since=2026-01-01"):
        page = client_of(cast.alice).get(f"{light}?{query}")
        assert page.status_code == 200
        assert "Waiting for the first line" in words(page)
        assert "198.51.100.77" not in words(page)


def test_sources_page_leads_here(cast: Cast, client_of: ClientOf) -> None:
    def leads(person: User) -> bool:
        return f'href="{CONNECT}"' in client_of(person).get("/t/acme/sources/").content.decode()

    assert [leads(person) for person in (cast.alice, cast.bob, cast.carol)] == [True, True, False]
    make_source(cast.acme)
    assert [leads(person) for person in (cast.alice, cast.bob, cast.carol)] == [True, True, False]


@pytest.mark.parametrize(
    ("site", "port", "tls"),
    [
        ("https://in.example", 443, True),
        ("http://in.example", 80, False),
        ("https://in.example:8443", 8443, True),
    ],
)
def test_configurations_name_host_port_and_path(site: str, port: int, tls: bool) -> None:
    texts = {
        one.name: one.text for kit in kits(Endpoint(site, "acme", "mx 1"), "KEY") for one in kit.snippets
    }
    path = "/api/v1/tenants/acme/sources/mx%201/lines"
    (bit,) = yaml.safe_load(texts["fluent-bit"])["pipeline"]["outputs"]
    assert (bit["host"], bit["port"], bit["tls"], bit["uri"]) == ("in.example", port, tls, path)
    assert bit["header"] == "Authorization Bearer KEY"
    vector = yaml.safe_load(texts["vector"])["sinks"]["insights"]
    assert vector["uri"] == f"{site}{path.replace('%', '%%')}"
    assert vector["auth"] == {"strategy": "bearer", "token": "KEY"}
    omhttp = re.findall(r'(server|serverport|usehttps|restpath)="([^"]*)"', texts["omhttp"])
    assert dict(omhttp) == {
        "server": "in.example",
        "serverport": str(port),
        "usehttps": "on" if tls else "off",
        "restpath": path[1:],
    }
    assert [name for name, text in texts.items() if "@KEY@" in text or re.search(r"@[A-Z_]+@", text)] == []
