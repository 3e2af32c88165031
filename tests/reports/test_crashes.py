"""Runs that are killed: nothing is lost, and at most one mail comes twice, as the same."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.mail import EmailMessage
from django.db import connection

from reports.deliver import MAX_ATTEMPTS, deliver
from reports.deliver.claim import request_lock
from reports.deliver.post import Refusal
from reports.deliver.sweep import due_requests
from reports.models import ReportRequest, RequestStatus
from reports.tasks import deliver_report
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.processes import PATIENCE_SECONDS
from tests.reports.orders import NOW, again
from tests.reports.smtp_sink import Sink
from tests.reports.workers import celery_worker, start_run, wait_until

Order = Callable[..., ReportRequest]
real_transactions = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def due(*, minutes: float = 0) -> list[UUID]:
    return [request_id for _, request_id in due_requests(now=NOW + timedelta(minutes=minutes))]


class Killed(BaseException):
    """Stands for a process that ends at once: nobody handles it."""


@contextlib.contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, place: str, *, after: bool = False) -> Iterator[None]:
    """Let the next call of `place` be the last of its process, before or after it has done its work."""
    module, _, name = place.rpartition(".")
    original = getattr(__import__(module, fromlist=[name]), name)

    def die(*args: object, **options: object) -> object:
        if after:
            original(*args, **options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(place, die)
        try:
            yield
        except Killed:
            return
    pytest.fail(f"{place} was never called")


POINTS = [
    ("reports.deliver.run.is_built", False, 0),
    ("reports.deliver.run.build", False, 0),
    ("reports.deliver.run.build", True, 0),
    ("reports.deliver.run.compose", False, 0),
    ("reports.deliver.run.post", False, 0),
    ("reports.deliver.run.post", True, 1),
    ("reports.deliver.run._finish", False, 0),
]


@pytest.mark.usefixtures("acme_mail")
@pytest.mark.parametrize(("place", "after", "twice"), POINTS)
def test_killed_at_any_point_loses_nothing(
    make_order: Order, sink: Sink, monkeypatch: pytest.MonkeyPatch, place: str, after: bool, twice: int
) -> None:
    request = make_order(addresses=["alice@example.com", "bob@example.com"])
    with killed_at(monkeypatch, place, after=after):
        deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW)
    assert again(request).status == RequestStatus.RUNNING
    assert due(minutes=1) == [request.pk]
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW + timedelta(minutes=1))
    assert again(request).status == RequestStatus.SENT
    assert len(sink.taken) == 2 + twice
    assert len(set(sink.message_ids)) == 2


@pytest.mark.usefixtures("acme_mail")
def test_killed_each_time_is_given_up(make_order: Order, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_order()
    for _ in range(MAX_ATTEMPTS):
        with killed_at(monkeypatch, "reports.deliver.run.build"):
            deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW)
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW)
    assert (again(request).status, again(request).reason) == (
        RequestStatus.FAILED,
        "The worker stopped each time it worked on this report.",
    )


@pytest.mark.usefixtures("acme_mail")
def test_error_while_building_is_retried_and_raised(
    make_order: Order, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OSError("no space left on device")

    request = make_order()
    with monkeypatch.context() as patch:
        patch.setattr("reports.deliver.run.build", fail)
        with pytest.raises(OSError, match="no space"):
            deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW)
    assert (again(request).status, again(request).reason) == (
        RequestStatus.PENDING,
        "The report could not be built or sent: OSError",
    )
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW + timedelta(minutes=1))
    assert again(request).status == RequestStatus.SENT


@pytest.mark.usefixtures("acme_mail")
def test_files_lost_between_attempts_are_built_anew(make_order: Order, sink: Sink) -> None:
    from reports.files import remove_folder

    sink.data = ["451 later"]
    request = make_order()
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW)
    remove_folder(again(request).folder)
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW + timedelta(minutes=1))
    assert again(request).status == RequestStatus.SENT


@pytest.mark.usefixtures("acme_mail")
def test_due_requests_are_those_nobody_has(make_order: Order, sink: Sink) -> None:
    sink.data = ["451 later"]
    request = make_order()  # queued a minute before NOW
    assert due() == []
    assert due(minutes=5) == [request.pk]
    assert due(minutes=6) == []
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW + timedelta(minutes=6))
    assert due(minutes=6.5) == []
    assert due(minutes=7.1) == [request.pk]


@real_transactions
@pytest.mark.usefixtures("acme_mail")
def test_two_runs_at_once_send_once(cast: Cast, make_order: Order, sink: Sink) -> None:
    sink.stall = 1.0
    request = make_order()
    runs = [
        start_run(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW, smtp_port=sink.port)
        for _ in range(3)
    ]
    assert [run.wait(timeout=PATIENCE_SECONDS) for run in runs] == [0, 0, 0]
    assert again(request).status == RequestStatus.SENT
    assert len(sink.taken) == 1


@real_transactions
@pytest.mark.usefixtures("acme_mail")
def test_kill_9_within_the_data_window_sends_the_same_mail_once_more(
    cast: Cast, make_order: Order, sink: Sink
) -> None:
    sink.stall = 60
    request = make_order(addresses=["alice@example.com", "bob@example.com"])
    run = start_run(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW, smtp_port=sink.port)
    wait_until(lambda: len(sink.taken) == 1)  # the server has it all, and has not said so yet
    assert due(minutes=1) == []  # somebody works on it
    os.kill(run.pid, signal.SIGKILL)
    assert run.wait(timeout=PATIENCE_SECONDS) == -signal.SIGKILL
    sink.stall = 0
    wait_until(lambda: due(minutes=1) == [request.pk])
    deliver(tenant_id=cast.acme.pk, request_id=request.pk, now=NOW + timedelta(minutes=1))
    assert again(request).status == RequestStatus.SENT
    assert [message["To"] for message in sink.taken] == [
        "alice@example.com",
        "alice@example.com",
        "bob@example.com",
    ]
    assert sink.message_ids[0] == sink.message_ids[1] != sink.message_ids[2]


@real_transactions
@pytest.mark.slow
@pytest.mark.usefixtures("acme_mail")
def test_worker_with_the_real_broker_sends_the_mail(
    cast: Cast, make_order: Order, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from project.celery import app

    request = make_order()
    with celery_worker(smtp_port=sink.port) as (_worker, prefix):
        options = app.conf.broker_transport_options | {"global_keyprefix": prefix}
        with app.connection_for_write(transport_options=options) as broker:
            ids = {"tenant_id": str(cast.acme.pk), "request_id": str(request.pk)}
            deliver_report.apply_async(kwargs=ids, connection=broker)  # type: ignore[call-arg]  # not in the stubs
            wait_until(lambda: len(sink.taken) == 1)
            wait_until(lambda: again(request).status == RequestStatus.SENT)
    assert sink.taken[0]["To"] == "alice@example.com"


@pytest.mark.usefixtures("acme_mail")
def test_cancelled_and_deleted_meanwhile_stops_the_run(
    make_order: Order, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    from reports.deliver.post import post
    from reports.request.change import remove

    request = make_order(addresses=["alice@example.com", "bob@example.com"])

    def post_and_delete(mail: EmailMessage) -> Refusal | None:
        answer = post(mail)
        with tenant_scope([request.tenant_id]):
            remove(again(request))
        return answer

    with monkeypatch.context() as patch:
        patch.setattr("reports.deliver.run.post", post_and_delete)
        deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW)
    assert [message["To"] for message in sink.taken] == ["alice@example.com"]
    with tenant_scope([request.tenant_id]):
        assert not ReportRequest.objects.filter(pk=request.pk).exists()
    with request_lock(request.pk) as is_free:
        assert is_free
    assert connection.is_usable()
