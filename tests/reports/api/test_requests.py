"""Requested reports over the API: asked for with a key or by a person, followed, stopped, fetched, sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from reports.deliver import deliver
from reports.request.ask import MAX_AN_HOUR
from tenants.models import User
from tenants.roles import Scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.reports.attached import attached, csv_rows
from tests.reports.orders import NOW, week_of_mail
from tests.reports.smtp_sink import Sink

PATH = "tenants/acme/report-requests/"
ORDER = {
    "name": "Weekly\nreport",
    "recipients": ["Alice@example.com", "bob@example.com, alice@example.com"],
    "view": "tls",
    "start": "2026-11-10",
    "end": "-1d",
}
ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def api(cast: Cast) -> Api:
    """A client that may request acme's reports."""
    return tenant_api(cast.acme, Scope.REQUEST)


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What was queued."""
    found: list[dict[str, str]] = []
    monkeypatch.setattr("reports.tasks.deliver_report.delay", lambda **ids: found.append(ids))
    return found


def test_report_is_asked_for_with_a_key_and_queued_once_committed(
    cast: Cast,
    api: Api,
    queued: list[dict[str, str]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = api.post(f"/api/v1/{PATH}", ORDER, content_type="application/json")
        assert queued == []
    made = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/{PATH}{made['id']}/"
    assert queued == [{"tenant_id": str(cast.acme.pk), "request_id": made["id"]}]
    assert {name: made[name] for name in ("name", "view", "start", "end", "sender_domain", "status")} == {
        "name": "Weekly report",
        "view": "tls",
        "start": "2026-11-10",
        "end": "2026-11-16",
        "sender_domain": None,
        "status": "pending",
    }
    assert made["requested_by"] is None
    assert made["requested_with"].startswith("sai_")
    assert [row["address"] for row in made["recipients"]] == ["Alice@example.com", "bob@example.com"]
    assert made["files"] is None
    assert api.read(f"{PATH}{made['id']}/") == made
    assert api.read(PATH) == {"results": [made], "next": None}


def test_person_asks_in_a_session(cast: Cast, client_of: ClientOf, queued: list[dict[str, str]]) -> None:
    client = client_of(cast.carol)
    made = client.post(f"/api/v1/{PATH}", ORDER, content_type="application/json").json()
    assert (made["requested_by"], made["requested_with"]) == ("carol@example.com", None)


def test_pages_name_the_key_that_asked(cast: Cast, api: Api, client_of: ClientOf) -> None:
    made = api.write(PATH, ORDER)
    client = client_of(cast.carol)
    for page in ("/t/acme/requests/", f"/t/acme/requests/{made['id']}/"):
        assert ">test<" in client.get(page).content.decode().replace(", test<", ">test<")


def test_report_arrives_and_its_files_are_fetched(cast: Cast, api: Api, sink: Sink) -> None:
    week_of_mail(cast.acme)
    made = api.write(PATH, ORDER)
    assert api.read(f"{PATH}{made['id']}/download/", 404)["detail"] == (
        "This report has no files, or not any more."
    )
    deliver(tenant_id=cast.acme.pk, request_id=UUID(made["id"]), now=NOW)
    sent = api.read(f"{PATH}{made['id']}/")
    assert (sent["status"], sent["messages"], len(sink.taken)) == ("sent", 54, 2)
    assert {row["status"] for row in sent["recipients"]} == {"sent"}
    assert sent["files"]["csv"] == f"http://testserver/api/v1/{PATH}{made['id']}/download/?format=csv"
    for form, start in (("csv", b"day,sender_address,"), ("xlsx", b"PK\x03\x04")):
        response: Any = api.get(sent["files"][form])
        assert b"".join(response.streaming_content).startswith(start)
        assert response["Content-Disposition"] == (
            f'attachment; filename="acme-smtp-auth-2026-11-10-2026-11-16.{form}"'
        )
    assert csv_rows(attached(sink.taken[0])["acme-smtp-auth-2026-11-10-2026-11-16.csv"])[0] == {
        "day": "2026-11-10",
        "sender_address": "anna@acme.example",
        "sender_domain": "acme.example",
        "account": "anna@acme.example",
        "client_ip": "192.0.2.10",
        "tls_version": "TLS1.3",
        "mechanism": "PLAIN",
        "auth_class": "basic",
        "messages": "12",
        "recipients": "24",
        "first_at": "2026-11-10T09:00:00Z",
        "last_at": "2026-11-10T09:00:00Z",
    }
    assert api.read(f"{PATH}{made['id']}/download/", 400, format="pdf")["errors"][0]["field"] == "format"


def test_request_is_stopped_once_and_sent_again(
    api: Api,
    queued: list[dict[str, str]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    made = api.write(PATH, ORDER)
    path = f"{PATH}{made['id']}"
    assert api.write(f"{path}/again/", status=409)["detail"] == "This request is not done yet."
    stopped = api.write(f"{path}/cancel/", status=200)
    assert (stopped["status"], stopped["finished_at"]) == ("cancelled", "2026-11-17T09:00:00Z")
    assert api.write(f"{path}/cancel/", status=409)["title"] == "Conflict"
    with django_capture_on_commit_callbacks(execute=True):
        assert api.write(f"{path}/again/", status=200)["status"] == "pending"
    assert [one["request_id"] for one in queued] == [made["id"]]
    api.write(f"{path}/", status=204, method="delete")
    api.read(f"{path}/", 404)


def test_only_who_asked_and_admins_change_a_request(cast: Cast, api: Api, client_of: ClientOf) -> None:
    path = f"{PATH}{api.write(PATH, ORDER)['id']}"
    other = tenant_api(cast.acme, Scope.REQUEST)
    for action in ("cancel/", "again/"):
        assert "Only who asked" in other.write(f"{path}/{action}", status=403)["detail"]
    other.write(f"{path}/", status=403, method="delete")
    assert client_of(cast.carol).post(f"/api/v1/{path}/cancel/").status_code == 403
    tenant_api(cast.acme, Scope.READ).write(PATH, ORDER, 403)
    tenant_api(cast.globex, Scope.REQUEST).read(f"{path}/", 404)
    tenant_api(cast.globex, Scope.REQUEST).read(f"tenants/globex/report-requests/{path[-36:]}/", 404)
    tenant_api(cast.acme, Scope.ADMIN).write(f"{path}/cancel/", status=200)


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"recipients": ["stranger@elsewhere.example"]}, "recipients", "stranger@elsewhere.example: "),
        ({"recipients": []}, "recipients", "has at least 1 elements"),
        ({"recipients": [" , ;"]}, "recipients", "has no address."),
        ({"recipients": ["bob"]}, "recipients", "bob: this is not an e-mail address."),
        ({"recipients": "bob@example.com"}, "recipients", "Expected a list"),
        ({"start": "2026-11-31"}, "start", "is not a day of the calendar"),
        ({"end": "2027-01-01"}, "end", "is in the future"),
        ({"start": 5}, "start", "is no text."),
        ({"view": "pie"}, "view", "not a valid choice"),
        ({"name": "\n \t"}, "name", ""),
        ({"name": "a\0b"}, "name", "Null characters are not allowed."),
        ({"note": "\ud800"}, "note", "Surrogate characters are not allowed"),
        ({"note": "x" * 1001}, "note", "no more than 1000 characters"),
        ({"colour": "blue"}, "colour", "is not a member here; it can be end, name, note, recipients"),
    ],
)
def test_order_that_cannot_be_met_is_refused(
    api: Api, change: dict[str, Any], field: str, reason: str
) -> None:
    problem = api.write(PATH, {**ORDER, **change}, 400)
    assert {error["field"] for error in problem["errors"]} == {field}
    assert reason in problem["errors"][0]["reason"]
    assert api.read(PATH)["results"] == []


def test_every_recipient_that_is_refused_is_named(api: Api) -> None:
    addresses = [f"nobody{number}@elsewhere.example" for number in range(3)]
    problem = api.write(PATH, {**ORDER, "recipients": addresses}, 400)
    assert [error["reason"].split(":")[0] for error in problem["errors"]] == addresses


def test_domain_of_an_order(api: Api) -> None:
    for asked, kept in ((None, None), ("", ""), ("-", ""), ("München.example", "xn--mnchen-3ya.example")):
        made = api.write(PATH, {**ORDER, "sender_domain": asked})
        assert made["sender_domain"] == kept


def test_too_many_in_an_hour_are_a_429_that_says_how_long(cast: Cast, api: Api) -> None:
    for minute in range(MAX_AN_HOUR):
        with time_machine.travel(NOW.replace(minute=minute), tick=False):
            api.write(PATH, ORDER)
    with time_machine.travel(NOW.replace(minute=40), tick=False):
        response = api.post(f"/api/v1/{PATH}", ORDER, content_type="application/json")
        assert (response.status_code, response["Retry-After"]) == (429, "1200")
        tenant_api(cast.acme, Scope.REQUEST).write(PATH, ORDER)
    with time_machine.travel(NOW.replace(hour=10), tick=False):
        api.write(PATH, ORDER)


def test_list_comes_in_pages_newest_first(api: Api, django_assert_num_queries: Any) -> None:
    made = []
    for minute in range(5):
        with time_machine.travel(NOW.replace(minute=minute), tick=False):
            made.append(api.write(PATH, ORDER)["id"])
    with time_machine.travel(NOW.replace(minute=9), tick=False):
        first = api.read(PATH, limit=2)
        rest = api.get(first["next"]).json()
        last = api.get(rest["next"]).json()
    pages = [[row["id"] for row in page["results"]] for page in (first, rest, last)]
    assert pages == [made[:2:-1], made[2:0:-1], made[:1]]
    assert last["next"] is None
    assert api.read(PATH, 400, cursor="x")["errors"][0]["field"] == "cursor"
