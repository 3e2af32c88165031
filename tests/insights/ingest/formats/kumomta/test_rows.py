"""The written log of KumoMTA through the database: its rows, once only, and the same however it is cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.kumomta.reading import ANN, SAMPLES
from tests.insights.ingest.test_corpus_again import rolled_back

LOG = (SAMPLES / "transactions.log").read_bytes()
NODE = "557f3ad4-2c8c-11ee-976e-782d7e12e173"


@pytest.mark.django_db
def test_rows_once_only_and_however_the_log_is_cut(cast: Cast, tmp_path: Path) -> None:
    with rolled_back():
        first = import_bytes(cast.acme, tmp_path, LOG, format="kumomta")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (22, 5, 3)
        with tenant_scope([cast.acme.pk]):
            rows = Submission.objects.order_by("occurred_at", "queue_id").values_list(
                "host", "account", "client_ip", "tls_version", "auth_class", "messages", "recipients"
            )
            assert list(rows) == [
                (NODE, ANN, "192.0.2.4", "TLS1.3", "basic", 1, 3),
                (NODE, ANN, "192.0.2.4", "TLS1.3", "basic", 1, 1),
                (NODE, "bob", "2001:db8::7", "TLS1.2", "basic", 1, 3),
                (NODE, ANN, "192.0.2.4", "unknown", "basic", 1, 1),
                (NODE, ANN, "192.0.2.4", "unknown", "basic", 1, 1),
            ]
            assert list(LoginFailure.objects.order_by("occurred_at").values_list("account", "reason")) == [
                (ANN, "wrong_credentials"), (ANN, "wrong_credentials"), ("", "mechanism_not_offered"),
            ]  # fmt: skip
        again = import_bytes(cast.acme, tmp_path, LOG, format="kumomta").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 8)
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    for cut in range(1_200, len(LOG), 1_711):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, LOG[:cut], format="kumomta")
            imported(cast.acme, tmp_path, LOG[cut:], format="kumomta")
            assert kept(cast.acme, with_ids=False) == whole, cut
