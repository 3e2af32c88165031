"""The two ways to read the API's description, in a browser that holds to the content security policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Visit, follow

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_whoever_is_logged_in_sends_from_the_page(alice: Visit) -> None:
    alice.page.get_by_label("Account of").click()
    follow(alice.page.get_by_role("link", name="API", exact=True))
    page = alice.page
    expect(page.get_by_text("as alice@")).to_be_visible()
    operation = page.locator("#operations-Tenants-tenants_list")
    operation.get_by_role("button").first.click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(operation.locator(".live-responses-table .response-col_description").last).to_contain_text(
        "results"
    )


def test_stranger_reads_and_is_told_how_to_send(stranger: Visit) -> None:
    stranger.open("/api/v1/docs/")
    expect(stranger.page.get_by_role("link", name="log in")).to_be_visible()
    expect(stranger.page.locator("#operations-Tenants-tenants_list")).to_be_visible()
    stranger.page.get_by_role("button", name="Authorize").first.click()
    expect(stranger.page.get_by_text("An API key")).to_be_visible()


def test_reference_is_searched(stranger: Visit) -> None:
    stranger.open("/api/v1/docs/")
    follow(stranger.page.get_by_role("link", name="Reference"))
    page = stranger.page
    expect(page.get_by_role("heading", name="SMTP AUTH Insights (1.0.0)")).to_be_visible()
    page.get_by_placeholder("Search...").press_sequentially("tenants")
    expect(page.locator("[data-role='search:results'] [role='menuitem']").first).to_be_visible()
