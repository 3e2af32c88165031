"""The written events of Amazon SES through the database: their rows, once only, and the same however they are cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.models import Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.ses.reading import SAMPLES
from tests.insights.ingest.test_corpus_again import rolled_back

LOG = (SAMPLES / "envelopes.log").read_bytes()
ANN = "ann@acme.example"


@pytest.mark.django_db
def test_rows_once_only_and_however_the_log_is_cut(cast: Cast, tmp_path: Path) -> None:
    with rolled_back():
        first = import_bytes(cast.acme, tmp_path, LOG, format="ses")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (11, 5, 0)
        with tenant_scope([cast.acme.pk]):
            rows = Submission.objects.order_by("occurred_at").values_list(
                "account",
                "sender_address",
                "client_ip",
                "tls_version",
                "auth_class",
                "recipients",
                "size_bytes",
            )
            assert list(rows) == [
                ("scanner-smtp", ANN, "192.0.2.4", "TLS1.2", "unknown", 2, None),
                ("bob-smtp", "bob@acme.example", "2001:db8::7", "TLS1.3", "basic", 1, None),
                ("scanner-smtp", ANN, "198.51.100.30", "TLS1.0", "unknown", 1, None),
                ("scanner-smtp", ANN, "192.0.2.4", "unknown", "unknown", 1, None),
                ("", ANN, None, "unknown", "unknown", 1, None),
            ]
        again = import_bytes(cast.acme, tmp_path, LOG, format="ses").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 5)
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    for cut in range(700, len(LOG), 919):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, LOG[:cut], format="ses")
            imported(cast.acme, tmp_path, LOG[cut:], format="ses")
            assert kept(cast.acme, with_ids=False) == whole, cut
