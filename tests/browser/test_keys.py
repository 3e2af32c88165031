"""The keyboard, and addresses that others can open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import Visit, follow, stop_clock, visit
from tests.browser.world import World

pytestmark = pytest.mark.browser


def details(world: World) -> str:
    return f"/t/{world.busy.slug}/reports/smtp-auth/details/"


def test_keys_search_help_and_rows(alice: Visit, world: World) -> None:
    page = alice.page
    alice.open(details(world))
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search sender addresses")
    expect(search).to_be_focused()
    page.keyboard.press("?")
    expect(search).to_have_value("?")  # a letter like any other while one types
    search.fill("")
    search.blur()

    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()

    links = page.locator("tr[data-row] a[data-row-link]")
    for key, focused in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(focused)).to_be_focused()
    second = links.nth(1).inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name=second)).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("dialog", name=links.nth(2).inner_text())).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(links.nth(2)).to_be_focused()


def test_keys_go_to_another_page(alice: Visit, world: World) -> None:
    alice.open(f"/t/{world.busy.slug}/")
    stop_clock(alice.page)
    alice.page.keyboard.press("g")
    alice.page.keyboard.press("c")
    expect(alice.page.get_by_role("heading", name="Clients", level=1)).to_be_visible()


@pytest.mark.usefixtures("one_day")
def test_copied_address_opens_the_same_view_for_somebody_else(
    alice: Visit, world: World, chromium: Browser, site: str
) -> None:
    alice.open(f"/t/{world.busy.slug}/reports/smtp-auth/?view=tls&range=14d")
    alice.page.get_by_role("button", name="TLS 1.2").click()
    expect(alice.page).to_have_url(re.compile("hide=TLS1.2"))
    chart = alice.page.url
    alice.open(f"{details(world)}?view=auth&range=14d&sort=-basic&q=lindner")
    alice.page.locator("tr[data-row] a[data-row-link]").nth(3).click()
    heading = alice.page.get_by_role("dialog").get_by_role("heading", level=2)
    expect(heading).not_to_be_empty()
    title = heading.inner_text()
    expect(alice.page).to_have_url(re.compile("row="))
    with visit(chromium, site) as bob:
        bob.log_in(world.bob.email, path=alice.page.url.removeprefix(site))
        expect(bob.page.get_by_role("dialog", name=title)).to_be_visible()
        assert bob.page.locator("tbody").first.inner_text() == alice.page.locator("tbody").first.inner_text()
        bob.open(chart.removeprefix(site))
        expect(bob.page.get_by_role("button", name="TLS 1.2")).to_have_attribute("aria-pressed", "false")
        expect(bob.page.get_by_role("button", name="TLS 1.3")).to_have_attribute("aria-pressed", "true")
        assert bob.complaints == []


def test_back_leads_to_the_view_before(alice: Visit, world: World) -> None:
    page = alice.page
    alice.open(f"/t/{world.busy.slug}/reports/smtp-auth/")
    first = page.url
    follow(page.get_by_role("link", name="TLS usage"))
    follow(page.get_by_role("link", name="View details table"))
    page.locator("tr[data-row] a[data-row-link]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="TLS usage")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name="SMTP Auth clients report", exact=True)).to_be_visible()
    page.go_back()
    expect(page).to_have_url(first)
