"""Ask a directory for its new sign-ins and store them, and write down how that went.

No transaction is open while Microsoft is spoken to. The watermark moves with the last page of a span, so that a process
that dies leaves nothing out: the next asking begins where the last whole span ended, and what it reads twice is known.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.utils.translation import gettext as _

from insights.connectors.graph.claims import asking_lock
from insights.connectors.graph.client import GraphClient, graph_client
from insights.connectors.graph.deposit import ConnectionGone, ReadFromElsewhere, Taken, store_page
from insights.connectors.graph.questions import sign_ins
from insights.connectors.graph.refusals import GraphError
from insights.connectors.graph.schedule import next_after_failure, next_after_success
from insights.connectors.graph.secret import credentials_of
from insights.connectors.graph.token import Credentials
from insights.connectors.graph.trace import count_messages
from insights.connectors.graph.windows import windows
from insights.models import GraphConnection
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

BUSY_SECONDS: Final = 240.0
"""After this long an asking leaves the rest to the next one, so that it never holds a worker for long."""
POLLS_KEPT: Final = 20


@dataclass(slots=True)
class Outcome:
    """What came of an asking: sign-ins read and stored, pages, and `error` in words, "" where all went well.

    `is_busy`: another process is at it or has just been, and nothing was done. `is_all_read`: up to now.
    """

    sign_ins: int = 0
    stored: int = 0
    pages: int = 0
    error: str = ""
    trace_error: str = ""
    retry_after: timedelta | None = None
    is_busy: bool = False
    is_gone: bool = False
    is_all_read: bool = True

    def add(self, taken: Taken) -> None:
        """Count a page."""
        self.pages += 1
        self.sign_ins += taken.sign_ins
        self.stored += taken.stored


def poll(
    *,
    tenant_id: UUID,
    connection_id: UUID,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
    is_by_hand: bool = False,
) -> Outcome:
    """Ask for everything since the last time, if it is due or asked `by_hand`; return how it went.

    The connection has it as well. Never raises for what Microsoft does. Must not run in a transaction.
    """
    outcome = Outcome()
    with asking_lock(connection_id) as is_held:
        if not is_held:
            outcome.is_busy = True
            return outcome
        with tenant_scope([tenant_id]):
            connection = GraphConnection.objects.filter(pk=connection_id, is_enabled=True).first()
        if connection is None:
            outcome.is_gone = True
            return outcome
        if connection.next_poll_at is not None and connection.next_poll_at > clock() and not is_by_hand:
            outcome.is_busy = True
            return outcome
        try:
            with graph_client(credentials_of(connection), clock=clock, sleep=sleep) as client:
                _read(connection, client, outcome, clock)
                if connection.reads_trace and outcome.is_all_read:
                    _trace(connection, client, outcome, clock)
        except ConnectionGone:
            outcome.is_gone = True
            return outcome
        except ReadFromElsewhere:
            outcome.is_all_read = False
        except GraphError as error:
            outcome.error, outcome.retry_after = error.words, error.retry_after
        except OperationalError:
            outcome.error = _("The source is being read, or the database is busy. It is asked again soon.")
        except DatabaseError as error:
            log.exception("graph.unstorable", connection=str(connection_id))
            outcome.error = _("What Microsoft told could not be stored: %(kind)s.") % {
                "kind": type(error).__name__
            }
        _settle(tenant_id, connection_id, outcome, now=clock())
    return outcome


def _read(
    connection: GraphConnection, client: GraphClient, outcome: Outcome, clock: Callable[[], datetime]
) -> None:
    client.tokens.current()
    now = min(clock(), client.tokens.server_time or clock())
    give_way_at = time.monotonic() + BUSY_SECONDS
    overlap = timedelta(hours=settings.GRAPH_OVERLAP_HOURS)
    reached = connection.read_until
    for window in windows(reached, overlap=overlap, now=now):
        if time.monotonic() > give_way_at:
            outcome.is_all_read = False
            return
        question = sign_ins(*window, non_interactive=connection.reads_non_interactive)
        for page in client.pages(question.path, question.parameters, permission=question.permission):
            read_until = window.until if page.is_last else None
            taken = store_page(
                connection.tenant_id,
                connection.pk,
                page,
                read_before=reached,
                read_until=read_until,
                clock=clock,
            )
            outcome.add(taken)
        reached = max(reached or window.until, window.until)


def _trace(
    connection: GraphConnection, client: GraphClient, outcome: Outcome, clock: Callable[[], datetime]
) -> None:
    """Count messages; that it fails makes no failure of the sign-ins."""
    try:
        count_messages(connection, client, now=clock())
    except GraphError as error:
        outcome.trace_error = error.words


def _settle(tenant_id: UUID, connection_id: UUID, outcome: Outcome, *, now: datetime) -> None:
    with tenant_scope([tenant_id]):
        connection = GraphConnection.objects.select_for_update(of=["self"]).filter(pk=connection_id).first()
        if connection is None:
            return
        connection.polled_at = now
        connection.polls = [*connection.polls, _noted(outcome, now)][-POLLS_KEPT:]
        connection.trace_error = outcome.trace_error if connection.reads_trace else ""
        connection.last_error = outcome.error
        if outcome.error:
            connection.failures += 1
            connection.failing_since = connection.failing_since or now
            connection.next_poll_at = next_after_failure(
                connection.failures, now=now, retry_after=outcome.retry_after
            )
        else:
            connection.failures, connection.failing_since, connection.succeeded_at = 0, None, now
            connection.next_poll_at = next_after_success(now=now, is_all_read=outcome.is_all_read)
        connection.save(
            update_fields=[
                "polled_at", "polls", "trace_error", "last_error", "failures", "failing_since", "succeeded_at",
                "next_poll_at",
            ]
        )  # fmt: skip
    log.info(
        "graph.polled",
        connection=str(connection_id),
        sign_ins=outcome.sign_ins,
        stored=outcome.stored,
        error=outcome.error,
    )


def _noted(outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "sign_ins": outcome.sign_ins,
        "stored": outcome.stored,
        "error": outcome.error,
        "trace_error": outcome.trace_error,
    }


def try_out(
    credentials: Credentials,
    *,
    non_interactive: bool,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Ask for one page of the last day, once, and store nothing; return how many sign-ins it has. Raises GraphError."""
    with graph_client(credentials, clock=clock, sleep=sleep, tries=1) as client:
        now = clock().replace(microsecond=0)
        question = sign_ins(now - timedelta(days=1), now, non_interactive=non_interactive, a_page=1)
        first = next(client.pages(question.path, question.parameters, permission=question.permission))
        return len(first.values)
