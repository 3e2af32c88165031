"""The pages of requested reports: asking, following, fetching; who may do what."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from reports.deliver import deliver
from reports.models import ReportRequest, RequestStatus
from reports.request.ask import MAX_AN_HOUR
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.reports.orders import NOW, again, order
from tests.reports.smtp_sink import Sink

Order = Callable[..., ReportRequest]
LogIn = Callable[[User], Client]
ANSWERS = {
    "name": "Weekly",
    "start": "2026-11-10",
    "end": "2026-11-16",
    "domain": "",
    "view": "tls",
    "recipients": "alice@example.com, bob@example.com",
    "note": "",
}


@pytest.fixture(autouse=True)
def _at_noon() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def requests_of(cast: Cast) -> list[ReportRequest]:
    with tenant_scope([cast.acme.pk]):
        return list(ReportRequest.objects.all())


def test_new_fills_in_the_view_it_came_from(cast: Cast, client_of: LogIn) -> None:
    asked = "?view=tls&range=custom&start=2026-11-01&end=2026-11-15&domain=-"
    page = client_of(cast.alice).get(reverse("reports:request_new", args=["acme"]) + asked)
    form = page.context["form"]
    assert form["name"].value() == "SMTP Auth clients, 1–15 November"
    assert (str(form["start"].value()), str(form["end"].value())) == ("2026-11-01", "2026-11-15")
    assert (form["domain"].value(), form["view"].value()) == ("-", "tls")
    assert form["recipients"].value() == "alice@example.com"


def test_new_stores_the_order_and_queues_it_after_commit(
    cast: Cast,
    client_of: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    queued: list[dict[str, str]] = []
    monkeypatch.setattr("reports.tasks.deliver_report.delay", lambda **ids: queued.append(ids))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(cast.alice).post(reverse("reports:request_new", args=["acme"]), ANSWERS)
        assert queued == []
    (request,) = requests_of(cast)
    assert queued == [{"tenant_id": str(cast.acme.pk), "request_id": str(request.pk)}]
    assert answer.url == reverse("reports:request", args=["acme", request.pk])  # type: ignore[attr-defined]
    assert (str(request.start_on), str(request.end_on), request.view) == ("2026-11-10", "2026-11-16", "tls")
    assert request.requested_by_id == cast.alice.pk
    assert [row.address for row in again(request).recipients.all()] == [
        "alice@example.com",
        "bob@example.com",
    ]


def test_new_broker_down_keeps_the_order(
    cast: Cast,
    client_of: LogIn,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    def refuse(**ids: str) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr("reports.tasks.deliver_report.delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client_of(cast.alice).post(reverse("reports:request_new", args=["acme"]), ANSWERS)
    assert answer.status_code == 302
    assert [request.status for request in requests_of(cast)] == [RequestStatus.PENDING]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"recipients": "eve@example.com"},
            "eve@example.com: neither a member of Acme nor at one of its accepted",
        ),
        ({"recipients": "alice@example.com, nobody"}, "nobody: this is not an e-mail address"),
        ({"recipients": " , "}, "Name at least one address."),
        ({"recipients": ""}, "This field is required."),
        ({"start": "2026-11-17"}, "is after the end date"),
        ({"end": "2026-11-18"}, "is in the future"),
        ({"start": "2026-01-01"}, "is before the days that are kept"),
        ({"start": "x"}, "Enter a valid date."),
        ({"domain": "unheard.example"}, "Select a valid choice."),
        ({"name": ""}, "This field is required."),
        ({"note": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_new_refuses_in_words(cast: Cast, client_of: LogIn, changes: dict[str, str], words: str) -> None:
    page = client_of(cast.alice).post(reverse("reports:request_new", args=["acme"]), {**ANSWERS, **changes})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert requests_of(cast) == []


def test_new_has_a_limit_an_hour(cast: Cast, client_of: LogIn, make_order: Order) -> None:
    for _ in range(MAX_AN_HOUR):
        make_order()
    page = client_of(cast.alice).post(reverse("reports:request_new", args=["acme"]), ANSWERS)
    assert "You asked for many reports" in page.content.decode()
    assert len(requests_of(cast)) == MAX_AN_HOUR


def test_recipients_are_checked_while_typing(cast: Cast, client_of: LogIn) -> None:
    typed = {"recipients": "alice@example.com\neve@example.com\n<b>"}
    page = client_of(cast.carol).post(reverse("reports:request_recipients", args=["acme"]), typed)
    html = page.content.decode()
    assert html.count('class="chip"') == 1
    assert html.count("chip-wrong") == 2
    assert "neither a member of Acme nor at one of its accepted sender domains" in html
    assert "<b>" not in html


def test_status_polls_until_it_is_final(
    cast: Cast, client_of: LogIn, make_order: Order, sink: Sink, acme_mail: None
) -> None:
    request = make_order()
    client, url = client_of(cast.carol), reverse("reports:request", args=["acme", request.pk])
    part = {"HX-Request": "true", "HX-Target": "request-status"}
    html = client.get(url, headers=part).content.decode()
    assert 'hx-trigger="every 2s"' in html
    assert "<html" not in html
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    html = client.get(url, headers=part).content.decode()
    assert "hx-trigger" not in html
    assert "54" in html


def test_status_shows_the_servers_words_and_the_next_attempt(
    cast: Cast, client_of: LogIn, make_order: Order, sink: Sink, acme_mail: None
) -> None:
    sink.data = ["451 4.3.0 <b>try</b> later"]
    request = make_order()
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    html = client_of(cast.alice).get(reverse("reports:request", args=["acme", request.pk])).content.decode()
    assert "451 4.3.0 &lt;b&gt;try&lt;/b&gt; later" in html
    assert "next attempt 17 Nov 2026, 10:01" in html  # Europe/Berlin
    assert 'hx-trigger="every 15s"' in html


def test_download_gives_members_the_files(
    cast: Cast, client_of: LogIn, make_order: Order, sink: Sink, acme_mail: None
) -> None:
    request = make_order()
    url = reverse("reports:request_download", args=["acme", request.pk, "details.csv"])
    client = client_of(cast.carol)
    assert client.get(url).status_code == 404
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    answer = client.get(url)
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="acme-smtp-auth-2026-11-10-2026-11-16.csv"'
    )
    assert "no-store" in answer.headers["Cache-Control"]
    assert b"scan@acme.example" in b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert client.get(url.replace("details.csv", "body.html")).status_code == 404
    with time_machine.travel(NOW + timedelta(days=15)):
        assert client_of(cast.carol).get(url).status_code == 404


ROUTES = [
    ("reports:requests", "get", False),
    ("reports:request_new", "get", False),
    ("reports:request_new", "post", False),
    ("reports:request_recipients", "post", False),
    ("reports:request", "get", True),
    ("reports:request_again", "post", True),
    ("reports:request_cancel", "post", True),
    ("reports:request_delete", "post", True),
    ("reports:request_download", "get", True),
]


@pytest.mark.parametrize(("name", "method", "has_id"), ROUTES)
@pytest.mark.parametrize("person", ["mallory", "dora", "eve"])
def test_pages_are_not_there_for_strangers(
    cast: Cast, client_of: LogIn, make_order: Order, name: str, method: str, has_id: bool, person: str
) -> None:
    request = make_order()
    args = ["acme", request.pk] if has_id else ["acme"]
    args += ["details.csv"] if name.endswith("download") else []
    client = client_of(getattr(cast, person))
    assert getattr(client, method)(reverse(name, args=args)).status_code == 404
    assert again(request).status == RequestStatus.PENDING


@pytest.mark.parametrize(("name", "method", "has_id"), [route for route in ROUTES if route[2]])
def test_pages_of_another_tenants_request_are_not_there(
    cast: Cast, client_of: LogIn, make_order: Order, name: str, method: str, has_id: bool
) -> None:
    request = order(tenant=cast.globex, asked_by=cast.alice, addresses=[cast.alice.email])
    args = ["acme", request.pk, *(["details.csv"] if name.endswith("download") else [])]
    assert getattr(client_of(cast.alice), method)(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize("action", ["again", "cancel", "delete"])
@pytest.mark.parametrize(
    ("person", "allowed"), [("alice", True), ("bob", False), ("carol", True)], ids=["owner", "other", "asker"]
)
def test_actions_are_for_who_asked_and_owners(
    cast: Cast, client_of: LogIn, make_order: Order, action: str, person: str, allowed: bool
) -> None:
    request = make_order(asked_by=cast.carol)
    url = reverse(f"reports:request_{action}", args=["acme", request.pk])
    assert client_of(getattr(cast, person)).post(url).status_code == (302 if allowed else 403)
    assert client_of(getattr(cast, person)).get(url).status_code == 405


def test_again_sends_to_those_it_missed_with_new_ids(
    cast: Cast, client_of: LogIn, make_order: Order, sink: Sink, acme_mail: None
) -> None:
    sink.rcpt = {"bob@example.com": "550 no"}
    request = make_order(addresses=["alice@example.com", "bob@example.com"])
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    before = {row.address: row.message_id for row in again(request).recipients.all()}
    sink.rcpt = {}
    client_of(cast.alice).post(reverse("reports:request_again", args=["acme", request.pk]))
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    assert again(request).status == RequestStatus.SENT
    assert [message["To"] for message in sink.taken] == ["alice@example.com", "bob@example.com"]
    assert sink.message_ids[1] != before["bob@example.com"]


def test_again_refuses_who_may_not_receive_it_any_more(
    cast: Cast, client_of: LogIn, make_order: Order, sink: Sink, acme_mail: None
) -> None:
    request = make_order(addresses=["carol@example.com"])
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    cast.carol.memberships.all().delete()
    url = reverse("reports:request_again", args=["acme", request.pk])
    page = client_of(cast.alice).post(url, follow=True)
    assert "carol@example.com: neither a member of Acme" in page.content.decode()
    assert again(request).status == RequestStatus.SENT


def test_delete_removes_files_and_row(
    cast: Cast,
    client_of: LogIn,
    make_order: Order,
    sink: Sink,
    acme_mail: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    from django.core.files.storage import default_storage

    request = make_order()
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW)
    stored = again(request).stored_name("details.csv")
    assert default_storage.exists(stored)
    with django_capture_on_commit_callbacks(execute=True):
        client_of(cast.alice).post(reverse("reports:request_delete", args=["acme", request.pk]))
    assert requests_of(cast) == []
    assert not default_storage.exists(stored)


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_any_number(
    cast: Cast,
    client_of: LogIn,
    make_order: Order,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        make_order()
    client = client_of(cast.carol)
    with django_assert_num_queries(12):
        page = client.get(reverse("reports:requests", args=["acme"]))
    assert page.content.decode().count("data-row>") == rows


def test_unknown_request_is_not_found(cast: Cast, client_of: LogIn) -> None:
    assert (
        client_of(cast.alice).get(reverse("reports:request", args=["acme", uuid.uuid4()])).status_code == 404
    )
