"""API keys and *Connect a source* as a person meets them: copied by a button, shown once, a light that turns green."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test.utils import override_settings
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import Visit, follow, stop_clock, visit
from tests.browser.world import World
from tests.insights.ingest.lines import messages
from tests.processes import until

pytestmark = pytest.mark.browser
KEY = re.compile(r"^sai_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}$")
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SERIOUS = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter(({ impact }) => impact === "serious" || impact === "critical")
  .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`))
"""


@pytest.fixture(autouse=True)
def _address(site: str) -> Iterator[None]:
    with override_settings(SITE_URL=site):
        yield


@pytest.fixture
def copying(chromium: Browser, site: str, world: World) -> Iterator[Visit]:
    """Alice, in a browser that lets the test read what was copied."""
    with visit(chromium, site, permissions=["clipboard-read", "clipboard-write"]) as found:
        found.log_in(world.alice.email)
        yield found
        assert found.complaints == []


def copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def call(site: str, path: str, *, key: str, body: bytes | None = None) -> int:
    """Send a request as a program does; return the status."""
    connection = HTTPConnection(urlsplit(site).netloc, timeout=120)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/plain"}
    connection.request("GET" if body is None else "POST", path, body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def fill_key(page: Page, name: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Read reports and settings").check()


def test_key_is_made_copied_used_and_revoked(copying: Visit, world: World) -> None:
    page, path = copying.page, f"/api/v1/tenants/{world.busy.slug}/"
    copying.open(f"/t/{world.busy.slug}/settings/")
    follow(page.get_by_role("link", name="API keys"))
    follow(page.get_by_role("main").get_by_role("link", name="New key").first)
    fill_key(page, "nightly export")
    follow(page.get_by_role("button", name="Make the key"))
    shown = page.locator("#key-text")
    expect(shown).to_have_text(KEY)
    text = shown.inner_text()
    stop_clock(page)
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert copied(page) == text
    page.clock.resume()
    expect(page.get_by_role("button", name="Copy the key")).to_be_visible()
    assert call(copying.site, path, key=text) == 200

    follow(page.get_by_role("link", name="I have copied it"))
    row = page.get_by_role("row", name="nightly export")
    expect(row).to_contain_text(text[:12])
    expect(row).not_to_contain_text("never")
    assert text not in page.content()
    follow(row.get_by_role("link"))
    follow(page.get_by_role("button", name="Revoke this key"))
    expect(page.get_by_text("“nightly export” is revoked.")).to_be_visible()
    assert call(copying.site, path, key=text) == 401


def test_provider_key_asks_for_customers_only_where_some_are_meant(copying: Visit, world: World) -> None:
    page = copying.page
    copying.open("/")
    follow(page.get_by_role("link", name="Settings of North IT"))
    follow(page.get_by_role("main").get_by_role("link", name="New key").first)
    fill_key(page, "dashboard")
    choice = page.get_by_role("checkbox", name=world.busy.name)
    expect(choice).to_be_hidden()
    page.get_by_label("Only these:").check()
    choice.check()
    follow(page.get_by_role("button", name="Make the key"))
    text = page.locator("#key-text").inner_text()
    assert call(copying.site, f"/api/v1/tenants/{world.busy.slug}/", key=text) == 200
    assert call(copying.site, f"/api/v1/tenants/{world.other.slug}/", key=text) == 404


def kit(page: Page, name: str) -> Locator:
    page.locator(".kit-choice").get_by_text(name, exact=True).click()
    return page.locator(".kit:visible")


def test_light_turns_green_when_the_pasted_text_is_run(copying: Visit, world: World) -> None:
    page = copying.page
    copying.open(f"/t/{world.busy.slug}/sources/")
    follow(page.get_by_role("main").get_by_role("link", name="Connect a source"))
    page.get_by_label("Source", exact=True).select_option("new")
    page.get_by_label("Name of the new source").fill("mx browser")
    follow(page.get_by_role("button", name="Make a key"))
    text = page.locator("#key-text").inner_text()
    address = f"/api/v1/tenants/{world.busy.slug}/sources/mx%20browser/lines"
    for name in ("curl", "Python", "Fluent Bit", "Vector", "rsyslog"):
        expect(kit(page, name)).to_have_count(1)
        expect(kit(page, name)).to_contain_text(text)
    kit(page, "Python").get_by_role("button", name="Copy").first.click()
    until(lambda: f'URL = "{copying.site}{address}"' in copied(page))
    expect(page.get_by_text("Waiting for the first line …")).to_be_visible()
    now = datetime.now(UTC).replace(microsecond=0)
    assert call(copying.site, address, key=text, body=messages(now - timedelta(hours=2), 3)) == 200
    expect(page.get_by_text("The first lines are here.").first).to_be_visible()
    expect(page.locator("#light-said")).to_have_text("The first lines are here.")
    assert copied(page).startswith('"""Send a mail log')  # the light changed nothing else of the page


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
        {"viewport": {"width": 1440, "height": 900}},
    ],
    ids=["phone in the dark", "desk"],
)
def test_pages_with_a_key_fit_and_have_no_serious_barrier(
    chromium: Browser, site: str, world: World, axe: Path, options: dict[str, Any]
) -> None:
    with visit(chromium, site, bypass_csp=True, **options) as found:
        page = found.page
        found.log_in(world.alice.email, path=f"/t/{world.busy.slug}/settings/keys/new/")
        fill_key(page, "looked at")
        follow(page.get_by_role("button", name="Make the key"))
        expect(page.locator("#key-text")).to_be_visible()
        check(page, axe)
        follow(page.get_by_role("link", name="I have copied it"))
        check(page, axe)
        follow(page.get_by_role("row", name="looked at").first.get_by_role("link"))
        check(page, axe)
        found.open(f"/t/{world.busy.slug}/sources/connect/")
        page.get_by_label("Source", exact=True).select_option(index=0)
        follow(page.get_by_role("button", name="Make a key"))
        for name in ("curl", "Python", "rsyslog"):
            kit(page, name)
            check(page, axe)


def check(page: Page, axe: Path) -> None:
    assert page.evaluate(OVERFLOW) == 0
    page.add_script_tag(path=axe)
    assert page.evaluate(SERIOUS) == []
