"""What the real log leaves in the database: every row, every sum, once only, and the same however it is cut."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command

from insights import queries
from insights.enums import auth_class_of
from insights.models import LoginFailure, Submission
from insights.queries.senders import AUTH_COLUMNS, TLS_COLUMNS
from project.periods import DayRange
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, import_file, imported, kept, lines_in
from tests.insights.ingest.corpus import NAMED_BY_OPENSSL, answered_at
from tests.insights.ingest.formats.sendmail import corpus
from tests.insights.ingest.test_corpus_again import rolled_back

pytestmark = corpus.needs_corpus
WEEK = queries.Selection(DayRange(date(2026, 11, 20), date(2026, 11, 27)))


@pytest.fixture
def acme(cast: Cast) -> Tenant:
    import_file(cast.acme, corpus.LOG, year=corpus.YEAR, format="sendmail")
    return cast.acme


def test_command_accounts_for_every_line(cast: Cast) -> None:
    printed = StringIO()
    options: dict[str, Any] = {
        "tenant": "acme",
        "source": "mx",
        "year": 2026,
        "time_zone": "UTC",
        "json": True,
    }
    call_command("ingest", corpus.LOG, stdout=printed, format="sendmail", **options)
    numbers = json.loads(printed.getvalue())
    assert (numbers["lines"], numbers["unrecognised"], numbers["held_bytes"]) == (490, 0, 0)
    assert (numbers["event"], numbers["evidence"], numbers["other"]) == (204, 194, 92)
    assert numbers["submissions"] == {"stored": 185, "duplicate": 0}
    assert numbers["failures"] == {"stored": 19, "duplicate": 0}
    assert_recounted(cast.acme)


def test_every_row_equals_the_truth(acme: Tenant) -> None:
    logged = corpus.logged_at()
    with tenant_scope([acme.pk]):
        rows = Counter(
            Submission.objects.values_list(
                "queue_id", "occurred_at", "account", "sender_address", "client_ip", "tls_version", "mechanism",
                "recipients", "messages", "recipients_exact",
            )
        )  # fmt: skip
        refused = Counter(
            LoginFailure.objects.values_list("occurred_at", "account", "client_ip", "mechanism")
        )
    assert rows == Counter(
        (
            e["queue_id"], logged[e["queue_id"]], e["login"], (e["env_from"] or e["login"]).lower(), e["client_ip"],
            NAMED_BY_OPENSSL[e["tls"]], e["mech"], len(e["rcpts_ok"]), 1, True,
        )
        for e in corpus.submissions()
    )  # fmt: skip
    assert refused == Counter(
        (answered_at(e).replace(microsecond=0), e["login_typed"], e["client_ip"], e["mech"])
        for e in corpus.refused_logins()
    )


def test_sums_equal_the_truth(acme: Tenant) -> None:
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for event in corpus.submissions():
        row = wanted[(event["env_from"] or event["login"]).lower()]
        row.update(messages=1, recipients=len(event["rcpts_ok"]))
        row[str(NAMED_BY_OPENSSL[event["tls"]])] += 1
        row[str(auth_class_of(event["mech"]))] += 1
    named = {**TLS_COLUMNS, **AUTH_COLUMNS, "messages": "messages", "recipients": "recipients"}
    by_mechanism = Counter(event["mech"] for event in corpus.submissions())
    with tenant_scope([acme.pk]):
        assert {
            row["sender_address"]: {column: row[column] for column in named} for row in queries.senders(WEEK)
        } == {
            sender: {column: counts[name] for column, name in named.items()}
            for sender, counts in wanted.items()
        }
        assert {one.mechanism: one.messages for one in queries.authentication(WEEK)} == by_mechanism
        numbers = queries.summary(WEEK)
    assert numbers.accounts.now == 15
    assert numbers.messages.now == 185
    assert numbers.messages_without_tls.now == 7
    assert numbers.failures.now == 19


@pytest.mark.parametrize("year", [corpus.YEAR, None])
def test_the_same_file_again_adds_nothing(acme: Tenant, year: int | None) -> None:
    before = kept(acme)
    again = import_file(acme, corpus.LOG, year=year, format="sendmail").accounting()
    assert (again["stored"], again["duplicate"], again["lines"]) == (0, 204, 490)
    assert kept(acme) == before
    assert_recounted(acme)


def test_cut_in_two_at_any_byte_leaves_the_same_rows(cast: Cast, tmp_path: Path) -> None:
    data, rng = corpus.LOG.read_bytes(), Random(20261123)
    with rolled_back():
        import_file(cast.acme, corpus.LOG, year=corpus.YEAR, format="sendmail")
        whole = kept(cast.acme, with_ids=False)
    for cut in (1, len(data) - 1, *(rng.randrange(len(data)) for _ in range(8))):
        with rolled_back():
            first = import_bytes(cast.acme, tmp_path, data[:cut], year=corpus.YEAR, format="sendmail")
            second = imported(cast.acme, tmp_path, data[cut:], format="sendmail")
            assert first.lines + second.lines == lines_in(data), cut
            assert kept(cast.acme, with_ids=False) == whole, cut
            assert_recounted(cast.acme)
