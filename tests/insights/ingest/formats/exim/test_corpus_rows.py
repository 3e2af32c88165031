"""What the real log leaves in the database, row by row and sum by sum, equals what its client wrote down."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import transaction

from insights import queries
from insights.enums import TlsVersion
from insights.models import LoginFailure, Submission
from project.periods import DayRange
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, import_file, imported, kept, lines_in
from tests.insights.ingest.corpus import NAMED_BY_OPENSSL, answered_at
from tests.insights.ingest.formats.exim import corpus

pytestmark = corpus.needs_corpus
WEEK = queries.Selection(DayRange(date(2026, 11, 20), date(2026, 11, 27)))


def test_command_accounts_for_every_line(cast: Cast) -> None:
    printed = StringIO()
    options: dict[str, Any] = {
        "tenant": "acme",
        "source": "mx",
        "format": "exim",
        "time_zone": "UTC",
        "json": True,
    }
    call_command("ingest", corpus.LOG, stdout=printed, **options)
    numbers = json.loads(printed.getvalue())
    assert numbers["lines"] == corpus.LOG.read_bytes().count(b"\n")
    assert (numbers["event"], numbers["events"], numbers["unrecognised"]) == (309, 309, 0)
    assert numbers["submissions"] == {"stored": 300, "duplicate": 0}
    assert numbers["failures"] == {"stored": 9, "duplicate": 0}
    assert_recounted(cast.acme)


def test_every_row_equals_the_truth(cast: Cast) -> None:
    import_file(cast.acme, corpus.LOG, format="exim")
    taken = corpus.taken_at()
    with tenant_scope([cast.acme.pk]):
        sent, refused = list(Submission.objects.all()), list(LoginFailure.objects.all())
    assert Counter(
        (r.queue_id, r.occurred_at, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism)
        for r in sent
    ) == Counter(
        (
            e["queue_id"],
            taken[e["queue_id"]],
            e["login"],
            (e["env_from"] or e["login"]).lower(),
            e["client_ip"],
            NAMED_BY_OPENSSL[e["tls"]],
            e["mech"],
        )
        for e in corpus.submissions()
    )
    assert Counter((r.occurred_at, r.account, r.client_ip, r.mechanism) for r in refused) == Counter(
        (answered_at(e).replace(microsecond=0), e["login_typed"], e["client_ip"], e["mech"])
        for e in corpus.refused_logins()
    )


def test_every_sum_equals_the_truth(cast: Cast) -> None:
    import_file(cast.acme, corpus.LOG, format="exim")
    clients = Counter(
        (e["login"], e["client_ip"], str(NAMED_BY_OPENSSL[e["tls"]]), e["mech"]) for e in corpus.submissions()
    )
    by_tls = Counter(NAMED_BY_OPENSSL[e["tls"]] for e in corpus.submissions())
    by_mechanism = Counter(e["mech"] for e in corpus.submissions())
    senders = Counter((e["env_from"] or e["login"]).lower() for e in corpus.submissions())
    with tenant_scope([cast.acme.pk]):
        assert {
            (row["account"], row["client_ip"], row["tls_version"], row["mechanism"]): row["messages"]
            for row in queries.clients(WEEK)
        } == clients
        assert {row["sender_address"]: row["messages"] for row in queries.senders(WEEK)} == senders
        assert {share.tls_version: share.messages for share in queries.tls_usage(WEEK)} == {
            version: by_tls[version] for version in TlsVersion
        }
        assert {share.mechanism: share.messages for share in queries.authentication(WEEK)} == by_mechanism
        volume = {
            day.day: (day.messages, day.accounts) for day in queries.sending_volume(WEEK) if day.messages
        }
        assert queries.failure_total(WEEK) == len(corpus.refused_logins())
    taken = corpus.taken_at()
    days = defaultdict(list)
    for event in corpus.submissions():
        days[taken[event["queue_id"]].astimezone(cast.acme.zone).date()].append(event["login"])
    assert volume == {day: (len(logins), len(set(logins))) for day, logins in days.items()}
    assert len(days) == 2
    assert_recounted(cast.acme)


def test_again_and_with_the_reject_log_adds_nothing(cast: Cast) -> None:
    import_file(cast.acme, corpus.LOG, format="exim")
    before = kept(cast.acme)
    for file, events in ((corpus.LOG, 309), (corpus.REJECT_LOG, 9), (corpus.LOG, 309)):
        numbers = import_file(cast.acme, file, format="exim").accounting()
        assert (numbers["stored"], numbers["duplicate"]) == (0, events)
    assert kept(cast.acme) == before
    assert_recounted(cast.acme)


def test_cut_in_two_at_any_byte_leaves_the_same_rows(cast: Cast, tmp_path: Path) -> None:
    data, rng = corpus.LOG.read_bytes(), Random(20261123)
    with transaction.atomic():
        import_file(cast.acme, corpus.LOG, format="exim")
        whole = kept(cast.acme, with_ids=False)
        transaction.set_rollback(True)
    for cut in (1, len(data) - 1, *(rng.randrange(len(data)) for _ in range(10))):
        with transaction.atomic():
            first = import_bytes(cast.acme, tmp_path, data[:cut], format="exim")
            second = imported(cast.acme, tmp_path, data[cut:], format="exim")
            assert first.lines + second.lines == lines_in(data), cut
            assert kept(cast.acme, with_ids=False) == whole, cut
            assert_recounted(cast.acme)
            transaction.set_rollback(True)
