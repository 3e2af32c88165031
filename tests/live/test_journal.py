"""What a real systemd-journald kept of a Postfix, and journalctl writes as JSON, is every event exactly once."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from insights.models import LoginFailure, Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted
from tests.insights.ingest.lines import message, refused_login
from tests.live.journald import DAEMON, Journal, journald
from tests.processes import until

COUNT = 150
LACKING = [name for name in (str(DAEMON), "journalctl") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        bool(LACKING) and os.environ.get("CI") != "true", reason=f"not installed here: {', '.join(LACKING)}"
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="a journal of one's own needs root"),
]


@pytest.fixture
def journal() -> Iterator[Journal]:
    with journald() as running:
        yield running


def messages_of(log: bytes) -> list[bytes]:
    """Return what a daemon hands to syslog(3): its tag and text, without stamp and host."""
    return [line[len("Nov 24 10:00:00 mx ") :] for line in log.splitlines()]


def test_journal_is_recognised_and_every_row_is_what_was_logged(
    cast: Cast, tmp_path: Path, journal: Journal
) -> None:
    written = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    began = datetime.now(UTC)
    for number in range(COUNT):
        account = f"user{number % 7}@acme.example"
        journal.send(
            messages_of(
                message(
                    written, queue_id=f"{0xA00000 + number:X}", account=account, recipients=number % 3 + 1
                )
            )
        )
    # Equal refusals in a row are so many; a name that is no UTF-8 makes journalctl write numbers.
    journal.send(3 * messages_of(refused_login(written)))
    journal.send([messages_of(refused_login(written))[0].replace(b"=admin", b"=m\xfcller")])
    until(lambda: journal.as_json().count(b'"SYSLOG_IDENTIFIER":"postfix/') == 5 * COUNT + 4)
    path = tmp_path / "journal.json"
    path.write_bytes(journal.as_json())
    printed = StringIO()
    call_command("ingest", path, tenant="acme", source="mx", format="auto", stdout=printed)
    assert "Recognised as postfix (certain)" in printed.getvalue()
    with tenant_scope([cast.acme.pk]):
        rows, refused = list(Submission.objects.all()), list(LoginFailure.objects.all())
    assert {(r.queue_id, r.account, r.tls_version, r.mechanism, r.recipients) for r in rows} == {
        (f"{0xA00000 + n:X}", f"user{n % 7}@acme.example", "TLS1.3", "PLAIN", n % 3 + 1) for n in range(COUNT)
    }
    assert Counter(r.account for r in refused) == {"admin": 3, "m\\xfcller": 1}
    times = [*(r.occurred_at for r in rows), *(r.occurred_at for r in refused)]
    assert all(began <= at <= datetime.now(UTC) for at in times)
    call_command("ingest", path, tenant="acme", source="mx", format="auto", stdout=StringIO())
    with tenant_scope([cast.acme.pk]):
        assert (Submission.objects.count(), LoginFailure.objects.count()) == (COUNT, 4)
    assert_recounted(cast.acme)
