"""Every row that the real log leaves in the database equals what its client wrote down."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_file
from tests.insights.ingest import corpus

pytestmark = corpus.needs_corpus


@pytest.fixture
def rows(cast: Cast) -> list[Submission]:
    import_file(cast.acme, corpus.LOG, year=corpus.YEAR)
    with tenant_scope([cast.acme.pk]):
        return list(Submission.objects.all())


def test_command_accounts_for_every_line(cast: Cast) -> None:
    printed = StringIO()
    options: dict[str, Any] = {
        "tenant": "acme",
        "source": "mx",
        "year": 2026,
        "time_zone": "UTC",
        "json": True,
    }
    call_command("ingest", corpus.LOG, stdout=printed, **options)
    numbers = json.loads(printed.getvalue())
    sent, refused = len(corpus.submissions()), len(corpus.refused_logins())
    assert numbers["lines"] == corpus.LOG.read_bytes().count(b"\n")
    assert (numbers["event"], numbers["events"]) == (sent + refused, sent + refused)
    assert (numbers["unrecognised"], numbers["unrecognised_by_reason"]) == (0, {})
    assert numbers["submissions"] == {"stored": sent, "duplicate": 0}
    assert numbers["failures"] == {"stored": refused, "duplicate": 0}
    assert numbers["held_bytes"] == 0
    assert_recounted(cast.acme)


def test_every_submission_equals_the_truth(rows: list[Submission]) -> None:
    assert Counter(
        (r.queue_id, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.messages)
        for r in rows
    ) == Counter(
        (
            e["queue_id"],
            e["login"],
            (e["env_from"] or e["login"]).lower(),
            e["client_ip"],
            corpus.NAMED_BY_OPENSSL[e["tls"]],
            e["mech"],
            1,
        )
        for e in corpus.submissions()
    )


def test_recipients_equal_the_truth_and_are_exact_where_the_log_tells(rows: list[Submission]) -> None:
    assert {r.queue_id: (r.recipients, r.recipients_exact) for r in rows} == {
        e["queue_id"]: (len(e["rcpts_ok"]), e["disposition"] == "queued") for e in corpus.submissions()
    }


def test_every_time_is_the_second_in_which_the_server_took_the_message(rows: list[Submission]) -> None:
    taken = corpus.taken_at()
    assert {r.queue_id: r.occurred_at for r in rows} == {r.queue_id: taken[r.queue_id] for r in rows}


def test_every_time_is_the_truths_to_the_second(rows: list[Submission]) -> None:
    """The truth has the client's clock at the answer, which once came in the second after the log's line."""
    found = {r.queue_id: r.occurred_at for r in rows}
    late = {
        e["queue_id"]: corpus.answered_at(e) - found[e["queue_id"]]
        for e in corpus.submissions()
        if corpus.answered_at(e).replace(microsecond=0) != found[e["queue_id"]]
    }
    assert late == {"0101324696D": timedelta(seconds=1, milliseconds=5)}


def test_every_refused_login_equals_the_truth(cast: Cast) -> None:
    import_file(cast.acme, corpus.LOG, year=corpus.YEAR)
    with tenant_scope([cast.acme.pk]):
        found = Counter(LoginFailure.objects.values_list("occurred_at", "account", "client_ip", "mechanism"))
    assert found == Counter(
        (
            corpus.answered_at(e).replace(microsecond=0),
            corpus.account_in_log(e),
            e["client_ip"],
            e["mech"],
        )
        for e in corpus.refused_logins()
    )
