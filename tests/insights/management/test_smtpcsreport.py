"""The mapping of Microsoft's own report that the documentation gives, with a table as that report writes one."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from insights.models import Submission
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, assert_recounted

AT = NOW - timedelta(days=2)
HEADER = "date,senderName,senderDomain,authMethod,original_client_ip,tls_version,tls_cipher,message_count,message_id"


def documented() -> str:
    """Return the mapping as it stands in the documentation."""
    text = (Path(settings.BASE_DIR) / "docs" / "columns.md").read_text()
    [mapping] = re.findall(r"```json\n(\{[^`]*?senderName[^`]*?\})\n```", text)
    assert isinstance(mapping, str)
    return mapping


@pytest.mark.django_db
def test_documented_mapping_reads_the_report(cast: Cast, tmp_path: Path) -> None:
    rows = [
        f"{AT:%Y-%m-%dT%H:%M:%SZ},ann@acme.example,acme.example,Basic,192.0.2.31,TLS1_2,ECDHE,1,<m1@acme.example>",
        f"{AT:%Y-%m-%dT%H:%M:%SZ},app@acme.example,acme.example,OAuth,192.0.2.32,TLS1_3,AES,1,<m2@acme.example>",
        f"{AT:%Y-%m-%dT%H:%M:%SZ},scan@acme.example,acme.example,Basic,,TLS1_0,AES,3,<m3@acme.example>",
    ]
    mapping, report = tmp_path / "mapping.json", tmp_path / "report.csv"
    mapping.write_text(documented())
    report.write_bytes("\r\n".join([HEADER, *rows, ""]).encode("utf-16"))
    out = io.StringIO()
    options = ("--tenant=acme", "--source=exchange-online", "--format=csv", "--json")
    call_command("ingest", report, *options, f"--mapping={mapping}", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["lines"], told["event"], told["other"], told["unrecognised"]) == (4, 3, 1, 0)
    with tenant_scope([cast.acme.pk]):
        assert sorted(
            Submission.objects.values_list(
                "account", "sender_address", "client_ip", "tls_version", "auth_class", "messages"
            )
        ) == [
            ("ann@acme.example", "ann@acme.example", "192.0.2.31", "TLS1.2", "basic", 1),
            ("app@acme.example", "app@acme.example", "192.0.2.32", "TLS1.3", "oauth", 1),
            ("scan@acme.example", "scan@acme.example", None, "TLS1.0", "basic", 3),
        ]
    assert_recounted(cast.acme)
