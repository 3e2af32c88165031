"""What waits in the inbox, assigned and taken back with the keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.chromium import Visit
from tests.browser.world import World

pytestmark = pytest.mark.browser
TAKE_BACK = re.compile(r"Take back ?: old-shop.example")


def test_inbox_is_emptied_and_filled_again_by_keyboard(alice: Visit, world: World) -> None:
    page = alice.page
    alice.open("/providers/north/inbox/?q=old-shop")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="old-shop.example")).to_be_focused()
    page.keyboard.press("Enter")
    flyout = page.get_by_role("dialog", name="old-shop.example")
    expect(flyout).to_be_visible()
    expect(page).to_have_url(re.compile("row=old-shop.example"))
    page.keyboard.press("Escape")
    expect(flyout).to_be_hidden()
    expect(page.get_by_role("link", name="old-shop.example")).to_be_focused()
    # What was shown before is there at once, and takes no choice until it is replaced by what is fetched.
    asked = re.compile("row=old-shop.example")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(asked, hold)
    with page.expect_request(asked):
        page.keyboard.press("Enter")
    body = page.locator("dialog[open] .flyout-body")
    expect(body).to_have_js_property("inert", value=True)
    expect(flyout).to_be_visible()
    [route] = held
    route.continue_()
    expect(body).to_have_js_property("inert", value=False)
    page.unroute(asked)
    flyout.get_by_label("Customer", exact=True).select_option(label=world.busy.name)
    flyout.get_by_role("button", name="Assign").focus()
    page.keyboard.press("Enter")
    said = page.locator("#messages")
    expect(said).to_contain_text(f"4 events of “old-shop.example” were assigned to {world.busy.name}.")
    expect(said).to_contain_text("A rule gives what comes from now on")
    expect(page.get_by_text("Nothing that waits matches.")).to_be_visible()

    alice.open("/providers/north/inbox/?view=assigned")
    page.get_by_role("button", name=TAKE_BACK).focus()
    page.keyboard.press("Enter")
    expect(said).to_contain_text("4 events wait in the inbox again.")
    expect(page.get_by_role("button", name=TAKE_BACK)).to_have_count(0)
