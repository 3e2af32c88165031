"""A written log through the database: its rows, once only, and the same however it is cut."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.dovecot.reading import ANN, ENDED, log, login, refused, relayed
from tests.insights.ingest.test_corpus_again import rolled_back

LOG = log(
    login(),
    relayed(),
    relayed("O6Ha:T2", recipients=2, sender=""),
    ENDED,
    refused("auth failed, 2 attempts in 1 secs"),
    head="Nov 20 10:00:00 mail dovecot: ",
)


@pytest.mark.django_db
def test_rows_once_only_and_however_the_log_is_cut(cast: Cast, tmp_path: Path) -> None:
    with rolled_back():
        first = import_bytes(cast.acme, tmp_path, LOG, year=2026, format="dovecot")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (5, 2, 2)
        at = datetime(2026, 11, 20, 10, tzinfo=UTC)
        with tenant_scope([cast.acme.pk]):
            assert set(
                Submission.objects.values_list(
                    "queue_id", "occurred_at", "account", "sender_address", "client_ip", "tls_version", "auth_class",
                    "recipients",
                )
            ) == {
                ("O6HaNIVLBWufUwAAg+zDdQ", at, ANN, ANN, "192.0.2.4", "TLS1.3", "basic", 1),
                ("O6Ha:T2", at, ANN, ANN, "192.0.2.4", "TLS1.3", "basic", 2),
            }  # fmt: skip
            assert (
                list(LoginFailure.objects.values_list("account", "client_ip", "reason"))
                == [("admin", "203.0.113.66", "wrong_credentials")] * 2
            )
        again = import_bytes(cast.acme, tmp_path, LOG, year=2026, format="dovecot").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 4)
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    for cut in range(100, len(LOG), 137):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, LOG[:cut], year=2026, format="dovecot")
            imported(cast.acme, tmp_path, LOG[cut:], format="dovecot")
            assert kept(cast.acme, with_ids=False) == whole, cut
