"""A table through the database: its rows, once only, the same however it is cut, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from insights.ingest.columns import map_columns
from insights.ingest.formats.columns.mapping import mapping_of
from insights.ingest.run import stalled_imports
from insights.ingest.uploads import take_in
from insights.models import ImportStatus, LogImport, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept, source_of
from tests.insights.ingest.formats.columns.reading import TABLE, TRACE
from tests.insights.ingest.test_corpus_again import rolled_back

pytestmark = pytest.mark.django_db


def mapped(cast: Cast) -> None:
    """Say of acme's source mx1 which column is what."""
    source = source_of(cast.acme, zone="Europe/Berlin", format="csv")
    with tenant_scope([cast.acme.pk]):
        map_columns(source, mapping_of(TRACE))


def test_rows_once_only_and_however_the_table_is_cut(cast: Cast, tmp_path: Path) -> None:
    mapped(cast)
    with rolled_back():
        first = imported(cast.acme, tmp_path, TABLE, format="csv")
        assert (first.lines, first.submissions_stored, first.failures_stored) == (TABLE.count(b"\n"), 2, 2)
        with tenant_scope([cast.acme.pk]):
            assert set(Submission.objects.values_list("account", "occurred_at", "tls_version", "auth_class")) == {
                ("ann", datetime(2026, 11, 20, 9, tzinfo=UTC), "TLS1.2", "basic"),
                ("bob", datetime(2026, 11, 20, 9, 0, 1, tzinfo=UTC), "TLS1.0", "oauth"),
            }  # fmt: skip
        again = import_bytes(cast.acme, tmp_path, TABLE, format="csv").accounting()
        assert (again["stored"], again["duplicate"]) == (0, 4)
        assert_recounted(cast.acme)
        whole = kept(cast.acme)
    for cut in range(60, len(TABLE), 73):
        with rolled_back():
            import_bytes(cast.acme, tmp_path, TABLE[:cut], format="csv")
            import_bytes(cast.acme, tmp_path, TABLE[cut:], format="csv")
            assert kept(cast.acme) == whole, cut


def test_table_without_a_mapping_is_refused(cast: Cast, tmp_path: Path) -> None:
    log_import = import_bytes(cast.acme, tmp_path, TABLE, format="csv")
    assert log_import.status == ImportStatus.REFUSED
    assert log_import.message.startswith("Nobody has said yet which column of this source is what.")


def test_table_with_another_header_is_refused_by_name(cast: Cast, tmp_path: Path) -> None:
    mapped(cast)
    log_import = import_bytes(cast.acme, tmp_path, TABLE.replace(b"User", b"Login"), format="csv")
    assert log_import.status == ImportStatus.REFUSED
    assert "has no column “User”. It has “date”, “login”, “from”" in log_import.message
    assert "Change the columns of “mx1”" in log_import.message


def test_upload_without_a_mapping_waits_for_a_person(cast: Cast, tmp_path: Path) -> None:
    source = source_of(cast.acme, format="csv")
    with tenant_scope([cast.acme.pk]):
        upload = take_in(ContentFile(TABLE, "t.csv"), file_name="t.csv", source=source, year=None, user=None)
        LogImport.objects.filter(pk=upload.pk).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
        now = datetime(2026, 11, 2, tzinfo=UTC)
        assert stalled_imports(now=now) == []
        map_columns(source, mapping_of(TRACE))
        assert stalled_imports(now=now) == [upload.pk]
        upload.delete()
