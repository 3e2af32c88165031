"""A written log through the database: its rows, once only, and the same however it is cut."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.opensmtpd.reading import CONNECTED, ENDED, LOGIN, TLS, log, taken
from tests.insights.ingest.test_corpus_again import rolled_back

STAMP = "Nov 20 10:00:00 mail "
LOG = log(
    CONNECTED, TLS, LOGIN, *taken(), *taken("00000001", recipients=2, sender=""), ENDED, stamp=STAMP
) + log(
    CONNECTED, TLS, "smtp authentication user=admin result=permfail", ENDED, stamp=STAMP, session="0" * 16
)


@pytest.mark.django_db
def test_rows_once_only_and_however_the_log_is_cut(cast: Cast, tmp_path: Path) -> None:
    with rolled_back():
        first = import_bytes(cast.acme, tmp_path, LOG, year=2026, format="opensmtpd")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (13, 2, 1)
        at = datetime(2026, 11, 20, 10, tzinfo=UTC)
        with tenant_scope([cast.acme.pk]):
            assert set(
                Submission.objects.values_list(
                    "queue_id", "occurred_at", "account", "sender_address", "client_ip", "tls_version", "auth_class",
                    "recipients",
                )
            ) == {
                ("78e5c402", at, "ann@acme.example", "ann@acme.example", "192.0.2.4", "TLS1.3", "basic", 1),
                ("00000001", at, "ann@acme.example", "ann@acme.example", "192.0.2.4", "TLS1.3", "basic", 2),
            }  # fmt: skip
            [failure] = LoginFailure.objects.all()
        assert (failure.account, failure.client_ip, failure.reason) == (
            "admin",
            "192.0.2.4",
            "wrong_credentials",
        )
        again = import_bytes(cast.acme, tmp_path, LOG, year=2026, format="opensmtpd").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 3)
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    for cut in range(100, len(LOG), 137):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, LOG[:cut], year=2026, format="opensmtpd")
            imported(cast.acme, tmp_path, LOG[cut:], format="opensmtpd")
            assert kept(cast.acme, with_ids=False) == whole, cut
