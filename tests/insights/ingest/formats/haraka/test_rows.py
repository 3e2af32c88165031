"""A written log through the database: its rows, once only, and the same however it is cut."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.haraka.reading import (
    ANN,
    DELAYED,
    TLS_1_3,
    UUID,
    connect,
    ended,
    log,
    login,
    taken,
)
from tests.insights.ingest.test_corpus_again import rolled_back

HEAD = "Nov 20 10:00:00 mail haraka[442]: "
LOG = log(
    connect(), TLS_1_3, login(), *taken(), *taken(2, recipients=2, sender=""), ended(), head=HEAD
) + log(connect(address="203.0.113.66"), DELAYED, DELAYED, head=HEAD, uuid="0" * 36)


@pytest.mark.django_db
def test_rows_once_only_and_however_the_log_is_cut(cast: Cast, tmp_path: Path) -> None:
    with rolled_back():
        first = import_bytes(cast.acme, tmp_path, LOG, year=2026, format="haraka")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (17, 2, 2)
        at = datetime(2026, 11, 20, 10, tzinfo=UTC)
        with tenant_scope([cast.acme.pk]):
            assert set(
                Submission.objects.values_list(
                    "queue_id", "occurred_at", "account", "sender_address", "client_ip", "tls_version", "auth_class",
                    "recipients",
                )
            ) == {
                (f"{UUID}.1", at, ANN, ANN, "192.0.2.4", "TLS1.3", "basic", 1),
                (f"{UUID}.2", at, ANN, ANN, "192.0.2.4", "TLS1.3", "basic", 2),
            }  # fmt: skip
            assert (
                list(LoginFailure.objects.values_list("account", "client_ip", "reason"))
                == [("", "203.0.113.66", "wrong_credentials")] * 2
            )
        again = import_bytes(cast.acme, tmp_path, LOG, year=2026, format="haraka").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 4)
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    for cut in range(100, len(LOG), 137):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, LOG[:cut], year=2026, format="haraka")
            imported(cast.acme, tmp_path, LOG[cut:], format="haraka")
            assert kept(cast.acme, with_ids=False) == whole, cut
