"""Exim's lines come by upload and over the API as well, and the pages name them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from insights.ingest.run import run_import
from insights.models import ImportStatus, Source, Submission
from insights.web.snippets import Endpoint, kits
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.api.ingest.senders import send_lines, sender, stored
from tests.insights.ingest.formats.exim.reading import REFUSED, arrival, log
from tests.insights.web.import_rows import again, imports_of, upload
from tests.insights.web.week import NOW, words

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def lines_of(*texts: str) -> bytes:
    """Return lines of a minute ago, as a server with UTC and log_timezone writes them."""
    at = timezone.now() - timedelta(minutes=1)
    return log(*texts, stamp=f"{at:%Y-%m-%d %H:%M:%S} +0000 ")


def test_texts_to_paste_name_the_log_where_it_is() -> None:
    def texts(log_format: str) -> list[str]:
        endpoint = Endpoint("https://in.example", "acme", "mx1", log_format)
        return [snippet.text for kit in kits(endpoint, "KEY") for snippet in kit.snippets]

    of_exim, of_postfix = texts("exim"), texts("postfix")
    assert [text.replace("/var/log/exim4/mainlog", "/var/log/mail.log") for text in of_exim] == of_postfix
    assert sum("/var/log/exim4/mainlog" in text for text in of_exim) == 5
    assert not any("@LOG@" in text or "/var/log/mail.log" in text for text in of_exim)


@time_machine.travel(NOW, tick=False)
def test_upload_of_a_main_log_needs_no_year(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.bob)
    assert '<option value="exim">Exim</option>' in client.get("/t/acme/sources/upload/").content.decode()
    data = lines_of(arrival(), REFUSED, "Start queue run: pid=1")
    assert upload(client, "acme", data, file_name="mainlog", format="exim", year="").status_code == 303
    (log_import,) = imports_of(cast.acme)
    run_import(tenant_id=cast.acme.pk, import_id=log_import.pk, clock=timezone.now)
    log_import = again(log_import)
    assert (log_import.status, log_import.message) == (ImportStatus.DONE, "")
    assert (log_import.submissions_stored, log_import.failures_stored, log_import.lines) == (1, 1, 3)
    assert "mx1 up to date Exim · UTC" in words(client.get("/t/acme/sources/"))


@time_machine.travel(NOW, tick=False)
def test_lines_over_the_api_make_a_source_of_the_format(cast: Cast) -> None:
    api, data = sender(cast.acme), lines_of(arrival(), REFUSED, "no line that matters")
    answer = send_lines(api, data + b"no stamp\n", query="?format=exim")
    assert (answer["lines"], answer["event"], answer["other"], answer["unrecognised"]) == (4, 2, 1, 1)
    assert stored(cast.acme) == (1, 1)
    known = send_lines(api, lines_of("Start queue run: pid=1") + data)
    assert known["duplicate"] >= 1
    with tenant_scope([cast.acme.pk]):
        assert [(source.name, source.format) for source in Source.objects.all()] == [("mx1", "exim")]
        assert Submission.objects.count() == 1
