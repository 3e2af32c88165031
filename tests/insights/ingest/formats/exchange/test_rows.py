"""Both logs through the database: their rows, once only, and the same however they are cut."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept
from tests.insights.ingest.formats.exchange.reading import FRONT_END, MAILBOX
from tests.insights.ingest.formats.exchange.test_samples import ROWS
from tests.insights.ingest.test_corpus_again import rolled_back


@pytest.mark.django_db
def test_rows_once_only_and_however_the_logs_are_cut(cast: Cast, tmp_path: Path) -> None:
    front, back = FRONT_END.read_bytes(), MAILBOX.read_bytes()
    with rolled_back():
        import_bytes(cast.acme, tmp_path, front, year=2026, format="exchange")
        imported(cast.acme, tmp_path, back, format="exchange")
        with tenant_scope([cast.acme.pk]):
            assert set(
                Submission.objects.values_list(
                    "queue_id",
                    "account",
                    "sender_address",
                    "client_ip",
                    "tls_version",
                    "mechanism",
                    "recipients",
                )
            ) == {(number, account.lower(), *rest) for number, account, *rest in ROWS}
            assert Submission.objects.count() == len(ROWS)
            assert LoginFailure.objects.count() == 2
        for data in (front, back):
            again = imported(cast.acme, tmp_path, data, format="exchange").accounting()
            assert again["stored"] == 0
        assert_recounted(cast.acme)
        whole = kept(cast.acme, with_ids=False)
    for cut in range(400, len(front), 1_999):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, front[:cut], year=2026, format="exchange")
            imported(cast.acme, tmp_path, front[cut:], format="exchange")
            imported(cast.acme, tmp_path, back, format="exchange")
            assert kept(cast.acme, with_ids=False) == whole, cut
