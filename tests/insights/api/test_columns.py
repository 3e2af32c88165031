"""The mapping of a source over the API: set with the source or later, checked, and needed before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.files.base import ContentFile

from insights.ingest.run import run_import
from insights.ingest.uploads import take_in
from insights.models import ImportStatus, LogImport, Source
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.api.ingest.senders import send_lines, sender, stored
from tests.insights.web.week import NOW, days_ago

LIST = "tenants/acme/sources/"
MAPPING: dict[str, Any] = {"columns": {"time": "at", "account": "user"}, "time_format": "iso"}
KEPT = MAPPING | {"rows": "messages"}
TABLE = f"at,user\n{days_ago(1):%Y-%m-%d %H:%M:%S},ann\n{days_ago(1):%Y-%m-%d %H:%M:%S},bob\n".encode()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(cast: Cast) -> Api:
    """A key of acme that may change things."""
    return tenant_api(cast.acme, Scope.ADMIN)


def kept(cast: Cast) -> Any:
    with tenant_scope([cast.acme.pk]):
        return Source.objects.get(name="gateway").mapping


def test_table_is_made_with_its_mapping_and_read(cast: Cast, admin: Api) -> None:
    made = admin.write(LIST, {"name": "gateway", "format": "csv", "mapping": MAPPING})
    assert (made["format"], made["mapping"]) == ("csv", KEPT)
    assert admin.read(f"{LIST}gateway/")["mapping"] == KEPT
    send_lines(sender(cast.acme), TABLE, source="gateway")
    assert stored(cast.acme) == (2, 0)


def test_lines_for_a_table_without_a_mapping_are_refused_and_read_once_it_has_one(
    cast: Cast, admin: Api
) -> None:
    admin.write(LIST, {"name": "gateway", "format": "csv"})
    for query in ("", "?format=csv"):
        refused = send_lines(sender(cast.acme), TABLE, source="gateway", query=query, status=409)
        assert "which column of “gateway” is what: give the source its `mapping` first" in refused["detail"]
    refused = send_lines(sender(cast.acme), TABLE, source="unheard-of", query="?format=ndjson", status=409)
    assert "which column of “unheard-of” is what" in refused["detail"]
    with tenant_scope([cast.acme.pk]):
        assert [source.name for source in Source.objects.all()] == ["gateway"]
    assert admin.write(f"{LIST}gateway/", {"mapping": MAPPING}, 200, "patch")["mapping"] == KEPT
    send_lines(sender(cast.acme), TABLE, source="gateway")
    assert stored(cast.acme) == (2, 0)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"columns": {"time": "at"}, "time_format": "iso"}, "columns: lack account."),
        ({"columns": MAPPING["columns"]}, "time_format: can be iso, epoch_s"),
        (MAPPING | {"colour": 1}, "colour: is not known"),
        (MAPPING | {"success": ["ok"]}, "columns: name no outcome"),
        (MAPPING | {"tls_values": {"x": "TLS9"}}, "tls_values.x: can be"),
        (MAPPING | {"header": "a\u0000b"}, "mapping: has a NUL or half a character in a text."),
        (MAPPING | {"header": "a\ud800b"}, "mapping: has a NUL or half a character in a text."),
        (MAPPING | {"\ud800": 1}, "\\ud800: is not known"),
        ([], "mapping: is a JSON object."),
        (None, "This field may not be null."),
    ],
)
def test_mapping_that_cannot_be_is_refused_with_the_part_to_blame(
    cast: Cast, admin: Api, mapping: Any, said: str
) -> None:
    told = admin.write(LIST, {"name": "gateway", "format": "csv", "mapping": mapping}, status=400)
    assert said in str(told)
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()


def test_mapping_is_for_tables_alone(cast: Cast, admin: Api) -> None:
    make_source(cast.acme, "gateway")
    body = {"name": "mx2", "mapping": MAPPING}
    for path, method in ((LIST, "post"), (f"{LIST}gateway/", "patch")):
        told = admin.write(path, body, status=400, method=method)
        assert "is for the formats csv and ndjson." in str(told)
    with tenant_scope([cast.acme.pk]):
        assert [source.name for source in Source.objects.all()] == ["gateway"]
    changed = admin.write(f"{LIST}gateway/", {"format": "csv", "mapping": MAPPING}, 200, "patch")
    assert (changed["format"], changed["mapping"]) == ("csv", KEPT)


def test_what_ids_rest_on_stays_once_an_event_is_stored(cast: Cast, admin: Api) -> None:
    admin.write(LIST, {"name": "gateway", "format": "csv", "mapping": MAPPING})
    other = MAPPING | {"time_format": "day_first"}
    assert (
        admin.write(f"{LIST}gateway/", {"mapping": other}, 200, "patch")["mapping"]["time_format"]
        == "day_first"
    )
    admin.write(f"{LIST}gateway/", {"mapping": MAPPING}, 200, "patch")
    send_lines(sender(cast.acme), TABLE, source="gateway")
    told = admin.write(f"{LIST}gateway/", {"name": "new", "mapping": other}, status=400, method="patch")
    assert "rows that are read again would be counted twice" in str(told)
    assert kept(cast) == KEPT
    more = {"columns": MAPPING["columns"] | {"size": "bytes"}, "time_format": "iso"}
    admin.write(f"{LIST}gateway/", {"mapping": more}, 200, "patch")
    assert kept(cast) == more | {"rows": "messages"}


def test_upload_that_waits_is_queued_when_the_mapping_comes(
    cast: Cast, admin: Api, django_capture_on_commit_callbacks: Any
) -> None:
    admin.write(LIST, {"name": "gateway", "format": "csv"})
    with tenant_scope([cast.acme.pk]):
        source = Source.objects.get()
        held = take_in(ContentFile(TABLE), file_name="a.csv", source=source, year=None, user=None)
    with django_capture_on_commit_callbacks() as queued:
        admin.write(f"{LIST}gateway/", {"mapping": MAPPING}, 200, "patch")
    assert len(queued) == 1
    run_import(tenant_id=cast.acme.pk, import_id=held.pk, clock=lambda: NOW)
    with tenant_scope([cast.acme.pk]):
        assert LogImport.objects.get().status == ImportStatus.DONE
    assert stored(cast.acme) == (2, 0)


def test_upload_over_the_api_to_an_unmapped_table_is_refused(cast: Cast, admin: Api) -> None:
    admin.write(LIST, {"name": "gateway", "format": "csv"})
    form = {"file": ContentFile(TABLE, name="a.csv"), "source": "gateway"}
    response = admin.post("/api/v1/tenants/acme/imports/", form)
    assert response.status_code == 400
    assert "Nobody has said yet which column of this source is what." in response.content.decode()


def test_mapping_needs_the_right_to_manage_sources(cast: Cast, admin: Api) -> None:
    admin.write(LIST, {"name": "gateway", "format": "csv"})
    for scope in (Scope.INGEST, Scope.READ):
        tenant_api(cast.acme, scope).write(
            f"{LIST}gateway/", {"mapping": MAPPING}, status=403, method="patch"
        )
    assert kept(cast) is None
