"""The written log through the database: its rows, once only, and the same however it is cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.stalwart.reading import ANN, SAMPLES
from tests.insights.ingest.test_corpus_again import rolled_back

LOG = (SAMPLES / "log.log").read_bytes()


@pytest.mark.django_db
def test_rows_once_only_and_however_the_log_is_cut(cast: Cast, tmp_path: Path) -> None:
    with rolled_back():
        first = import_bytes(cast.acme, tmp_path, LOG, format="stalwart")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (46, 7, 6)
        with tenant_scope([cast.acme.pk]):
            rows = Submission.objects.order_by("occurred_at").values_list(
                "account", "client_ip", "tls_version", "auth_class", "recipients", "recipients_exact"
            )
            assert list(rows) == [
                (ANN, "192.0.2.4", "TLS1.2", "unknown", 1, True),
                (ANN, "192.0.2.4", "TLS1.2", "unknown", 3, True),
                ("bob@acme.example", "2001:db8::7", "unknown", "unknown", 1, True),
                ("scan@acme.example", "198.51.100.30", "none", "unknown", 1, True),
                ("", "192.0.2.5", "TLS1.3", "unknown", 1, True),
                (ANN, "192.0.2.7", "unknown", "unknown", 1, False),
                (ANN, "192.0.2.7", "unknown", "unknown", 1, False),
            ]
            refused = LoginFailure.objects.order_by("occurred_at").values_list("account", "reason")
            assert [reason for _, reason in refused] == [
                *["wrong_credentials"] * 4, "policy", "mechanism_not_offered",
            ]  # fmt: skip
        again = import_bytes(cast.acme, tmp_path, LOG, format="stalwart").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 13)
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    with rolled_back():
        import_bytes(cast.acme, tmp_path, (SAMPLES / "console.log").read_bytes(), format="stalwart")
        assert kept(cast.acme, with_ids=False) == whole
    for cut in range(300, len(LOG), 997):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, LOG[:cut], format="stalwart")
            imported(cast.acme, tmp_path, LOG[cut:], format="stalwart")
            assert kept(cast.acme, with_ids=False) == whole, cut
