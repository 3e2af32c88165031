"""Uploads: the name that is shown, what is refused at once, and the file, kept under a name of ours."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from insights.ingest.errors import BinaryInput, BrokenInput, EmptyInput, YearRequired
from insights.ingest.uploads import MAX_NAME, look_at, shown_file_name, take_in
from insights.models import ImportStatus, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import make_source
from tests.imports import import_file, source_of
from tests.insights.ingest.lines import messages
from tests.insights.web.import_rows import LOG
from tests.insights.web.week import days_ago

ISO = b"2026-11-17T09:12:44.000000+01:00 mx postfix/qmgr[9]: A1: removed\n"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("mail.log", "mail.log"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\mail.log", "mail.log"),
        ("C:\\logs\\mail.log.1.gz", "mail.log.1.gz"),
        ("/var/log/", "upload"),
        ("..", "upload"),
        ("", "upload"),
        ("\x00\x1b[31mmail\r\n.log", "[31mmail.log"),
        ("mail\u202egol.exe", "mailgol.exe"),
        ("mail\ud800.log", "mail.log"),
        ("  spaced name.log ", "spaced name.log"),
        ("메일\u2028로그.log", "메일로그.log"),
        ("e\u0301.log", "\u00e9.log"),
        ("a" * 300 + ".log", "a" * 214 + "…" + "a" * 36 + ".log"),
    ],
)
def test_file_name_is_shown_without_what_could_mislead(given: str, shown: str) -> None:
    assert shown_file_name(given) == shown
    assert len(shown) <= MAX_NAME


def _file(folder: Path, data: bytes) -> Path:
    path = folder / "tmpabc.upload"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"", EmptyInput, "mail.log is empty."),
        (gzip.compress(b"", mtime=0), EmptyInput, "mail.log holds no bytes."),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", BinaryInput, "mail.log is not a text file."),
        (LOG.decode().encode("utf-32"), BinaryInput, "mail.log is UTF-32 text."),
        (b"PK\x03\x04" + b"\0" * 60, BinaryInput, "mail.log is compressed with zip."),
        (gzip.compress(LOG, mtime=0)[:12], BrokenInput, "mail.log is damaged or ends early."),
        (LOG, YearRequired, "The time stamps of this log have no year."),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_own_name(
    cast: Cast, tmp_path: Path, data: bytes, error: type[Exception], words: str
) -> None:
    source = make_source(cast.acme)
    with tenant_scope([cast.acme.pk]), pytest.raises(error) as refused:
        look_at(_file(tmp_path, data), file_name="mail.log", source=source, year=None)
    assert str(refused.value) == words


@pytest.mark.parametrize(("data", "year"), [(LOG, 2026), (ISO, None), (gzip.compress(ISO, mtime=0), None)])
def test_what_can_be_read_passes(cast: Cast, tmp_path: Path, data: bytes, year: int | None) -> None:
    fresh = Source(tenant=cast.acme, name="new", format="postfix", time_zone="UTC")
    with tenant_scope([cast.acme.pk]):
        look_at(_file(tmp_path, data), file_name="mail.log", source=fresh, year=year)


def test_year_is_not_asked_where_the_source_knows_it(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(messages(days_ago(1), 2))
    import_file(cast.acme, path, year=2026)
    known = source_of(cast.acme)
    with tenant_scope([cast.acme.pk]):
        look_at(path, file_name="mail.log", source=known, year=None)
        # Without its state the earlier import of the same file still tells.
        known.parser_state = None
        look_at(path, file_name="mail.log", source=known, year=None)
        with pytest.raises(YearRequired):
            look_at(_file(tmp_path, messages(days_ago(3), 1)), file_name="mail.log", source=known, year=None)


def test_upload_is_kept_under_a_name_of_ours(cast: Cast) -> None:
    source = make_source(cast.acme)
    with tenant_scope([cast.acme.pk]):
        log_import = take_in(ContentFile(LOG), file_name="../x.log", source=source, year=2026, user=cast.bob)
        log_import.refresh_from_db()
    assert log_import.stored_file == f"imports/{cast.acme.pk}/{log_import.pk}"
    assert Path(default_storage.path(log_import.stored_file)).read_bytes() == LOG
    assert (log_import.file_name, log_import.size_bytes, log_import.year) == ("../x.log", len(LOG), 2026)
    assert (log_import.status, log_import.created_by) == (ImportStatus.WAITING, cast.bob)
    default_storage.delete(log_import.stored_file)


def test_upload_whose_row_cannot_be_written_leaves_no_file(cast: Cast) -> None:
    source = make_source(cast.acme)
    with tenant_scope([cast.globex.pk]), pytest.raises(Exception, match="another tenant"):
        take_in(ContentFile(LOG), file_name="mail.log", source=source, year=2026, user=cast.bob)
    folder = Path(default_storage.path(f"imports/{cast.acme.pk}"))
    assert list(folder.iterdir()) == []
