"""The sources: figures of each, the list of imports, who may change what, what an empty page says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.enums import TlsVersion
from insights.models import ImportStatus, Source
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source, submit
from tests.insights.web.import_rows import COUNTED, make_import
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]
PAGE = "/t/acme/sources/"
QUERIES = 18
"""All of the page, whatever the data; nine of them are the session's, the person's and the scope's."""


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sources(cast: Cast) -> Cast:
    """Two sources of acme with imports and messages, and a canary at its neighbours."""
    make_import(cast.acme, **COUNTED)
    make_import(
        cast.acme, file_name="mail.log.1", lines_event=10, lines_other=30, unrecognised={"no_stamp": 60}
    )
    make_import(cast.acme, status=ImportStatus.UNDONE, file_name="gone.log", lines_event=999_999)
    make_import(cast.acme, source="mx2", status=ImportStatus.REFUSED, file_name="x.jpg", message="No log.")
    submit(cast.acme, at=days_ago(1), count=6)
    submit(cast.acme, at=days_ago(1), count=3, source="mx2")
    submit(cast.acme, at=days_ago(2), count=1, source="mx2", tls=TlsVersion.UNKNOWN)
    submit(cast.acme, at=days_ago(8), count=50, source="mx2", tls=TlsVersion.UNKNOWN)
    for neighbour in (cast.globex, cast.initech):
        make_import(neighbour, source="canary", file_name="canary.log", **COUNTED)
    return cast


def test_sources_are_not_found_by_strangers(sources: Cast, client: Client, client_of: ClientOf) -> None:
    assert client.get(PAGE)["Location"] == f"/accounts/login/?next={PAGE}"
    for stranger in (sources.mallory, sources.dora, sources.eve):
        assert client_of(stranger).get(PAGE).status_code == 404
    for member in (sources.alice, sources.bob, sources.carol):
        assert client_of(member).get(PAGE).status_code == 200


def test_cards_show_the_sums_of_the_imports(sources: Cast, client_of: ClientOf) -> None:
    first, second = client_of(sources.carol).get(PAGE).context["cards"]
    figures = first.figures
    assert (figures.source.name, figures.imports, figures.lines) == ("mx1", 2, 41_759 + 100)
    assert (figures.matched, figures.other, figures.lines_unrecognised) == (32_343, 8_151, 1_365)
    assert figures.unrecognised == {"no_stamp": 72, "before_retention": 1_290, "of_a_later_version": 3}
    assert (figures.messages, figures.messages_tls_known, first.tls_hint) == (6, 6, None)
    figures = second.figures
    assert (figures.source.name, figures.imports, figures.lines) == ("mx2", 1, 0)
    assert (figures.messages, figures.messages_tls_known) == (4, 3)
    assert second.tls_hint.setting == "smtpd_tls_loglevel = 1"


def test_hint_is_that_of_the_kind_of_log(sources: Cast, client_of: ClientOf) -> None:
    with tenant_scope([sources.acme.pk]):
        Source.objects.filter(name="mx2").update(format="sendmail")
    page = client_of(sources.carol).get(PAGE)
    assert page.context["cards"][1].tls_hint.setting == "define(`confLOG_LEVEL', `9')dnl"
    assert "Sendmail · Europe/Berlin" in words(page) or "Sendmail · UTC" in words(page)
    with tenant_scope([sources.acme.pk]):
        Source.objects.filter(name="mx2").update(format="exim")
    card = client_of(sources.carol).get(PAGE).context["cards"][1]
    assert (card.kind, card.tls_hint.setting) == ("Exim", "+tls_cipher")
    with tenant_scope([sources.acme.pk]):
        Source.objects.filter(name="mx2").update(format="events")
    assert client_of(sources.carol).get(PAGE).context["cards"][1].tls_hint is None


def test_page_says_what_the_figures_mean(sources: Cast, client_of: ClientOf) -> None:
    page = words(client_of(sources.carol).get(PAGE))
    for said in (
        "mx1 up to date Postfix · Europe/Berlin Last line 1 day, 3 hours old",
        "Lines read 41.9 k Imports 2 Matched 77.3 % TLS known 100.0 %",
        "1,365 lines not recognised From before the days kept 1,290 No time stamp at the beginning 72",
        "of_a_later_version 3",
        "mx2 the last import was refused",
        "Lines read 0 Imports 1 Matched – TLS known 75.0 %",
        "The log tells the TLS version of 3 of 4 messages in the last 7 days.",
        "smtpd_tls_loglevel = 1",
        "mail.log mx1 Done 41,759 4,011 101 98 1,305 12–15 Nov 2026 17 Nov, 12:00",
        "x.jpg mx2 Refused 0 0 0 0 0 – 17 Nov, 12:00",
        "gone.log mx1 Undone 999,999",
    ):
        assert said in page
    assert "canary" not in page


def test_imports_of_one_source_can_be_shown(sources: Cast, client_of: ClientOf) -> None:
    client = client_of(sources.carol)
    with tenant_scope([sources.acme.pk, sources.initech.pk]):
        mx2, canary = Source.objects.get(name="mx2"), Source.objects.get(name="canary")
    page = client.get(f"{PAGE}?source={mx2.pk}")
    assert [row.log_import.file_name for row in page.context["rows"]] == ["x.jpg"]
    assert "Imports of mx2" in words(page)
    for other in (canary.pk, "nonsense"):
        assert len(client.get(f"{PAGE}?source={other}").context["rows"]) == 4


def test_source_of_single_events_offers_no_upload(sources: Cast, client_of: ClientOf) -> None:
    with tenant_scope([sources.acme.pk]):
        Source.objects.filter(name="mx2").update(format="events")
    page = words(client_of(sources.alice).get(PAGE))
    assert "Upload a log of mx1" in page
    assert "Edit mx2" in page
    assert "Upload a log of mx2" not in page


def test_readers_are_offered_nothing_to_change(sources: Cast, client_of: ClientOf) -> None:
    def offers(user: User) -> set[str]:
        page = client_of(user).get(PAGE).content.decode()
        return {word for word in ("sources/upload/", "sources/new/", ">Edit<") if word in page}

    assert offers(sources.carol) == set()
    assert offers(sources.bob) == offers(sources.alice) == {"sources/upload/", "sources/new/", ">Edit<"}


@pytest.mark.parametrize(
    ("status", "fields", "light", "said"),
    [
        (ImportStatus.WAITING, {}, "state-busy", "an import waits"),
        (ImportStatus.RUNNING, {}, "state-busy", "being read"),
        (ImportStatus.UNDOING, {}, "state-busy", "an import is being undone"),
        (ImportStatus.FAILED, {}, "state-bad", "the last import failed"),
        (ImportStatus.DONE, {}, "", "no line yet"),
        (
            ImportStatus.DONE,
            {"last_line_at": NOW - timedelta(days=2, seconds=1)},
            "state-warn",
            "no recent line",
        ),
        (
            ImportStatus.DONE,
            {"last_line_at": NOW - timedelta(hours=30), "silent_since": NOW - timedelta(hours=30)},
            "state-warn",
            "silent",
        ),
        (ImportStatus.DONE, {"last_line_at": NOW - timedelta(days=1)}, "state-good", "up to date"),
    ],
)
def test_light_tells_how_a_source_stands(
    cast: Cast, client_of: ClientOf, status: ImportStatus, fields: dict[str, Any], light: str, said: str
) -> None:
    make_import(cast.acme, status=status)
    with tenant_scope([cast.acme.pk]):
        Source.objects.update(**fields)
    (card,) = client_of(cast.carol).get(PAGE).context["cards"]
    assert (card.light, card.word) == (light, said)


@pytest.mark.parametrize(
    ("lines", "told"), [(19, "No line that was read could be used."), (0, "No line was read yet.")]
)
def test_card_tells_lines_that_were_of_no_use_from_none(
    cast: Cast, client_of: ClientOf, lines: int, told: str
) -> None:
    make_import(cast.acme, status=ImportStatus.REFUSED, unrecognised={"before_retention": lines})
    assert told in words(client_of(cast.carol).get(PAGE))


def test_list_asks_again_only_while_something_goes_on(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.carol)
    make_import(cast.acme)
    assert b"every 3s" not in client.get(PAGE).content
    make_import(cast.acme, status=ImportStatus.WAITING)
    assert b'id="imports" hx-get="/t/acme/sources/" hx-trigger="every 3s"' in client.get(PAGE).content
    part = client.get(PAGE, headers={"HX-Request": "true", "HX-Target": "imports"})
    assert part.content.strip().startswith(b'<div id="imports"')
    assert "HX-Target" in part["Vary"].split(", ")


def test_empty_page_says_what_next(cast: Cast, client_of: ClientOf) -> None:
    assert "No source yet. A source is one mail server. Upload a log" in words(client_of(cast.bob).get(PAGE))
    assert "Your role does not include it." in words(client_of(cast.carol).get(PAGE))
    make_source(cast.acme)
    assert "Nothing was imported yet." in words(client_of(cast.carol).get(PAGE))


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_any_data(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make_import(cast.acme, source=f"mx{number}", **COUNTED)
        make_import(cast.acme, source=f"mx{number}", status=ImportStatus.RUNNING)
        submit(cast.acme, at=days_ago(number), source=f"mx{number}")
    client = client_of(cast.alice)
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)


def test_source_is_made_and_changed_by_those_who_may(cast: Cast, client_of: ClientOf) -> None:
    new = {"name": "mx1", "format": "postfix", "time_zone": "Asia/Tokyo"}
    for person, status in ((cast.carol, 403), (cast.mallory, 404), (cast.bob, 302)):
        assert client_of(person).post(f"{PAGE}new/", new).status_code == status
    with tenant_scope([cast.acme.pk]):
        (source,) = Source.objects.all()
    assert (source.name, source.format, source.time_zone) == ("mx1", "postfix", "Asia/Tokyo")
    changed = {"name": "mx9", "format": "postfix", "time_zone": "Europe/Paris"}
    for person, status in ((cast.carol, 403), (cast.mallory, 404), (cast.bob, 302)):
        assert client_of(person).get(f"{PAGE}{source.pk}/edit/").status_code == (
            200 if status == 302 else status
        )
        assert client_of(person).post(f"{PAGE}{source.pk}/edit/", changed).status_code == status
    with tenant_scope([cast.acme.pk]):
        source.refresh_from_db()
    assert (source.name, source.time_zone) == ("mx9", "Europe/Paris")


def test_source_keeps_what_was_refused(cast: Cast, client_of: ClientOf) -> None:
    source, other = make_source(cast.acme, "mx1"), make_source(cast.acme, "mx2")
    foreign = make_source(cast.initech, "canary")
    client = client_of(cast.bob)
    for name, zone in ((other.name, "Europe/Paris"), ("", "Europe/Paris"), ("mx3", "Mars/Olympus")):
        written = {"name": name, "format": "postfix", "time_zone": zone}
        assert client.post(f"{PAGE}{source.pk}/edit/", written).status_code == 200
    assert client.get(f"{PAGE}{foreign.pk}/edit/").status_code == 404
    assert client.post(f"{PAGE}{foreign.pk}/edit/", {"name": "x", "time_zone": "UTC"}).status_code == 404
    with tenant_scope([cast.acme.pk, cast.initech.pk]):
        kept = sorted(Source.objects.values_list("name", "time_zone"))
    assert kept == [("canary", "Asia/Seoul"), ("mx1", "Europe/Berlin"), ("mx2", "Europe/Berlin")]


def test_source_with_events_keeps_its_zone_and_says_why(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1))
    source = make_source(cast.acme)
    client, page = client_of(cast.bob), f"{PAGE}{source.pk}/edit/"
    assert "the same log would be counted twice" in words(client.get(page))
    written = {"name": "mx9", "format": "postfix", "time_zone": "Europe/Paris"}
    assert client.post(page, written).status_code == 302
    with tenant_scope([cast.acme.pk]):
        source.refresh_from_db()
    assert (source.name, source.time_zone) == ("mx9", "Europe/Berlin")


def test_events_that_came_while_the_form_was_open_are_seen(
    cast: Cast, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit(cast.acme, at=days_ago(1))
    source = make_source(cast.acme)
    monkeypatch.setattr("insights.web.source_form.holds_events", lambda _source: False)
    written = {"name": "mx9", "format": "postfix", "time_zone": "Europe/Paris"}
    answer = client_of(cast.bob).post(f"{PAGE}{source.pk}/edit/", written)
    assert (answer.status_code, b'id="id_time_zone_error"' in answer.content) == (200, True)
    with tenant_scope([cast.acme.pk]):
        source.refresh_from_db()
    assert (source.name, source.time_zone) == ("mx1", "Europe/Berlin")
