"""Delivery against a real mail server that takes, refuses, breaks off, stalls or is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import Settings

from reports.deliver import MAX_ATTEMPTS, deliver
from reports.models import RecipientStatus, ReportRequest, RequestStatus
from tests.cast import Cast
from tests.reports.orders import NOW, again
from tests.reports.smtp_sink import Sink

pytestmark = pytest.mark.usefixtures("acme_mail")

Order = Callable[..., ReportRequest]


def run(request: ReportRequest, *, minutes: float = 0) -> ReportRequest:
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW + timedelta(minutes=minutes))
    return again(request)


def states(request: ReportRequest) -> list[tuple[str, str]]:
    return [(recipient.status, recipient.reason) for recipient in request.recipients.all()]


def test_deliver_one_mail_a_recipient(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = run(make_order(addresses=[cast.alice.email, cast.bob.email]))
    assert request.status == RequestStatus.SENT
    assert [message["To"] for message in sink.taken] == ["alice@example.com", "bob@example.com"]
    assert sink.message_ids == [recipient.message_id for recipient in request.recipients.all()]
    assert len(set(sink.message_ids)) == 2
    assert {message["Auto-Submitted"] for message in sink.taken} == {"auto-generated"}


def test_deliver_subject_tells_the_numbers(make_order: Order, sink: Sink) -> None:
    run(make_order())
    assert sink.taken[0]["Subject"] == (
        "Acme: SMTP Auth clients, 10–16 November: 5 accounts, 54 messages, 17 on old TLS, 5 without TLS"
    )


def test_deliver_twice_sends_once(make_order: Order, sink: Sink) -> None:
    request = make_order()
    run(request)
    run(request, minutes=1)
    assert len(sink.taken) == 1


def test_deliver_server_down_is_retried_and_then_sent(
    make_order: Order, sink: Sink, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    request = run(make_order())
    assert (request.status, request.attempts) == (RequestStatus.PENDING, 1)
    assert request.next_attempt_at == NOW + timedelta(minutes=1)
    assert "refused" in request.reason
    settings.EMAIL_PORT = sink.port
    assert run(request, minutes=0.5).status == RequestStatus.PENDING
    assert run(request, minutes=1).status == RequestStatus.SENT
    assert len(sink.taken) == 1


def test_deliver_server_down_for_long_fails_with_its_words(make_order: Order, sink: Sink) -> None:
    sink.data = ["451 4.3.0 disk full, come back later"] * 20
    request = make_order()
    minutes = 0.0
    for _ in range(MAX_ATTEMPTS):
        request = run(request, minutes=minutes)
        minutes = 60 * 24 if request.next_attempt_at is None else minutes + 240
    assert (request.status, request.attempts) == (RequestStatus.FAILED, MAX_ATTEMPTS)
    assert request.reason == "451 4.3.0 disk full, come back later"
    assert states(request) == [(RecipientStatus.FAILED, "451 4.3.0 disk full, come back later")]
    assert sink.taken == []


def test_deliver_refused_recipient_fails_at_once_and_others_get_theirs_once(
    cast: Cast, make_order: Order, sink: Sink
) -> None:
    sink.rcpt = {cast.bob.email: "550 5.1.1 no such person here"}
    request = run(make_order(addresses=[cast.bob.email, cast.alice.email]))
    assert request.status == RequestStatus.FAILED
    assert request.reason == "550 5.1.1 no such person here"
    assert states(request) == [("failed", "550 5.1.1 no such person here"), ("sent", "")]
    run(request, minutes=5)
    assert [message["To"] for message in sink.taken] == ["alice@example.com"]


def test_deliver_greylisted_recipient_is_retried_alone(cast: Cast, make_order: Order, sink: Sink) -> None:
    sink.rcpt = {cast.bob.email: "450 4.2.0 greylisted"}
    request = run(make_order(addresses=[cast.bob.email, cast.alice.email]))
    assert (request.status, request.reason) == (RequestStatus.PENDING, "450 4.2.0 greylisted")
    sink.rcpt = {}
    assert run(request, minutes=1).status == RequestStatus.SENT
    assert [message["To"] for message in sink.taken] == ["alice@example.com", "bob@example.com"]


def test_deliver_content_refused_fails_at_once(make_order: Order, sink: Sink) -> None:
    sink.data = ["554 5.7.1 looks like spam"]
    request = run(make_order())
    assert (request.status, request.reason) == (RequestStatus.FAILED, "554 5.7.1 looks like spam")


def test_deliver_connection_dropped_before_the_reply_sends_again_with_the_same_id(
    make_order: Order, sink: Sink
) -> None:
    sink.drop_before_reply = 1
    request = run(make_order())
    assert request.status == RequestStatus.PENDING
    assert run(request, minutes=1).status == RequestStatus.SENT
    assert len(sink.taken) == 2
    assert len(set(sink.message_ids)) == 1


def test_deliver_connection_dropped_after_the_reply_is_sent(make_order: Order, sink: Sink) -> None:
    sink.drop_after_reply = True
    assert run(make_order()).status == RequestStatus.SENT
    assert len(sink.taken) == 1


def test_deliver_slow_server_is_retried(make_order: Order, sink: Sink, settings: Settings) -> None:
    patience, settings.EMAIL_TIMEOUT = settings.EMAIL_TIMEOUT, 1
    sink.stall = 60
    request = run(make_order())
    assert request.status == RequestStatus.PENDING
    assert "in time" in request.reason or "closed" in request.reason
    sink.stall, settings.EMAIL_TIMEOUT = 0, patience
    assert run(request, minutes=1).status == RequestStatus.SENT


def test_deliver_down_server_is_asked_once_a_round(
    cast: Cast, make_order: Order, sink: Sink, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    request = run(make_order(addresses=[cast.bob.email, cast.alice.email]))
    assert [recipient.attempts for recipient in request.recipients.all()] == [1, 0]


def test_deliver_nothing_found_says_so(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = run(make_order(sender_domain="elsewhere.example"))
    assert (request.status, request.messages) == (RequestStatus.NOTHING_FOUND, 0)
    assert sink.taken[0]["Subject"] == "Acme: SMTP Auth clients, 10–16 November: nothing found"
    assert list(sink.taken[0].iter_attachments()) == []
    assert not request.has_files(now=NOW)


def test_deliver_cancelled_request_sends_nothing(make_order: Order, sink: Sink) -> None:
    from reports.request.change import cancel
    from tenants.scope import tenant_scope

    request = make_order()
    with tenant_scope([request.tenant_id]):
        assert cancel(request, now=NOW)
    assert run(request).status == RequestStatus.CANCELLED
    assert sink.taken == []
