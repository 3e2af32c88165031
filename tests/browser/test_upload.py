"""A log from the browser to the dashboard, and its undo: progress by itself, accounting that adds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import Visit, follow
from tests.browser.reading import number
from tests.browser.world import World
from tests.factories import make_tenant
from tests.insights.ingest.lines import messages, refused_login

pytestmark = pytest.mark.browser

MESSAGES = 7


def shown_count(page: Page, name: str) -> int:
    return number(page.locator(f'[data-count="{name}"]').inner_text())


def test_uploaded_log_is_read_before_the_eyes_and_undone(
    alice: Visit, world: World, queue_worker: None, tmp_path: Path
) -> None:
    tenant = make_tenant("fresh", provider=world.busy.provider, time_zone="Europe/Berlin")
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    log = tmp_path / "mail.log"
    log.write_bytes(messages(at, MESSAGES) + refused_login(at + timedelta(hours=1)) + b"no stamp\n")
    page = alice.page
    alice.open(f"/t/{tenant.slug}/")
    expect(page.get_by_role("main")).to_contain_text("No source yet")
    alice.open(f"/t/{tenant.slug}/sources/upload/")
    page.locator("#id_file").set_input_files(log)
    page.locator("#id_name").fill("mx7")
    expect(page.locator("#id_year")).to_have_value(str(at.year))
    follow(page.get_by_role("button", name="Upload and read"))
    status = page.locator(".import-status")
    expect(status).to_have_text("Done", timeout=90_000)
    kinds = ("event", "evidence", "other", "no_stamp")
    assert sum(shown_count(page, name) for name in kinds) == shown_count(page, "lines")
    assert shown_count(page, "lines") == log.read_bytes().count(b"\n")
    assert (shown_count(page, "submissions-stored"), shown_count(page, "failures-stored")) == (
        MESSAGES,
        1,
    )
    follow(page.get_by_role("link", name="Report on these days"))
    assert number(page.locator(".report-headline .figure").first.inner_text()) == MESSAGES
    page.go_back()
    follow(page.get_by_role("link", name="Undo this import"))
    follow(page.get_by_role("button", name="Undo this import"))
    expect(status).to_have_text("Undone", timeout=90_000)
    alice.open(f"/t/{tenant.slug}/reports/smtp-auth/")
    expect(page.locator(".report-headline")).to_have_count(0)
