"""The documents: links lead somewhere, and settings, commands and keys that scripts rely on are described."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from insights.ingest.recognition import Doubt, Found, Recognition, Sureness
from insights.management.auto_format import Look
from insights.management.commands.ingest import accounting
from insights.models import ImportStatus, LogImport, Source
from tenants.models import Tenant

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OURS = {"tenants", "insights", "reports", "project"}


def documents() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for line in listing.stdout.splitlines() if (path := ROOT / line).is_file()]


def anchors(document: Path) -> set[str]:
    """The fragments that headings get: lower case, blanks as hyphens, other marks left out."""
    headings = re.findall(r"^#+ +(.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(document: Path, target: str) -> bool:
    path, _, fragment = target.partition("#")
    aim = (document.parent / path).resolve() if path else document
    return not aim.exists() or bool(fragment and fragment not in anchors(aim))


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if is_broken(document, target)] == []


def test_every_setting_from_the_environment_is_described() -> None:
    settings = (ROOT / "project" / "settings.py").read_text()
    names = re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"|_server_url\(\"([A-Z_]+)\"", settings)
    read = {name or server for name, server in names}
    assert len(read) > 20
    assert sorted(name for name in read if f"`{name}`" not in OPERATIONS) == []


def test_every_command_of_ours_is_described() -> None:
    ours = [name for name, app in get_commands().items() if app in OURS]
    assert (
        sorted(name for name in ours if f"`{name} " not in OPERATIONS and f"`{name}`" not in OPERATIONS) == []
    )


def test_every_key_of_the_accounting_is_described() -> None:
    tenant = Tenant(slug="acme")
    printed = accounting(
        tenant,
        Source(tenant=tenant, name="mx1"),
        [LogImport(tenant=tenant, file_name="mail.log", status=ImportStatus.DONE)],
        [],
    )
    look = Look("mail.log", Recognition("exim", Sureness.CERTAIN, None, 1, (Found("exim", 1, 1, 0),))).plain()
    keys = {*printed, *printed["files"][0], *look, *look["found"][0], "recognised", *Doubt, *Sureness}
    assert sorted(key for key in keys if f"`{key}`" not in OPERATIONS) == []
