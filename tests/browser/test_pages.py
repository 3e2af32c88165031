"""Every main page: usable on a phone, no broken policy or script, no serious barrier, the same again by its URL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from insights.queries import Selection, senders, today_of
from project.periods import DayRange
from tenants.scope import tenant_scope
from tests.browser.chromium import Visit, visit
from tests.browser.pages import PAGES, path_of
from tests.browser.world import World

pytestmark = pytest.mark.browser

COLOURFUL = (
    "dashboard-flyout",
    "report-tls",
    "report-authentication",
    "details",
    "request-new",
    "sources",
    "columns-of-upload",
)
DARK_RULES = ["color-contrast", "scrollable-region-focusable"]
BARRIERS = """
async (rules) => {
  // What is still fading in would have too little contrast.
  const moving = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity);
  await Promise.allSettled(moving.map(({ finished }) => finished));
  for (const row of document.querySelectorAll("tbody tr:nth-child(n + 6)")) row.remove(); // more of the same
  const only = rules ? { runOnly: { type: "rule", values: rules } } : {};
  const { violations } = await axe.run(document, { resultTypes: ["violations"], ...only });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}
"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture(scope="module")
def row(world: World) -> str:
    """The busy customer's first sender of the week."""
    days = DayRange.last_days(7, today=today_of(world.busy, now=timezone.now()))
    with tenant_scope([world.busy.pk]):
        first = senders(Selection(days=days), ordering=("-messages",))[0]
    address: str = first["sender_address"]
    return address


def _logged_in(chromium: Browser, site: str, world: World, **options: Any) -> Iterator[Visit]:
    with visit(chromium, site, **options) as found:
        found.log_in(world.alice.email)
        yield found


@pytest.fixture(scope="module")
def phone(chromium: Browser, site: str, world: World) -> Iterator[Visit]:
    """Alice at a phone."""
    yield from _logged_in(chromium, site, world, **PHONE)


@pytest.fixture(scope="module")
def inspected(axe: Path, chromium: Browser, site: str, world: World) -> Iterator[Visit]:
    """Alice at a desk, where a foreign script may look at the page."""
    yield from _logged_in(chromium, site, world, **DESK, bypass_csp=True)


@pytest.fixture(scope="module")
def inspected_in_the_dark(axe: Path, chromium: Browser, site: str, world: World) -> Iterator[Visit]:
    """Alice at a phone at night, the same."""
    yield from _logged_in(chromium, site, world, **PHONE, bypass_csp=True, color_scheme="dark")


def barriers(page: Page, axe: Path, *, rules: list[str] | None = None) -> list[str]:
    page.add_script_tag(path=axe)
    found: list[str] = page.evaluate(BARRIERS, rules)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_page_on_a_phone_never_scrolls_sideways_and_complains_of_nothing(
    phone: Visit, world: World, row: str, name: str
) -> None:
    phone.open(path_of(name, world, row=row))
    expect(phone.page.get_by_role("heading").first).to_be_visible()
    assert phone.page.evaluate(OVERFLOW) == 0
    complaints, phone.complaints = phone.complaints, []
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_serious_barrier(inspected: Visit, axe: Path, world: World, row: str, name: str) -> None:
    inspected.open(path_of(name, world, row=row))
    assert barriers(inspected.page, axe) == []


@pytest.mark.parametrize("name", COLOURFUL)
def test_page_in_dark_colours_on_a_phone_has_enough_contrast_and_reachable_scrolling(
    inspected_in_the_dark: Visit, axe: Path, world: World, row: str, name: str
) -> None:
    inspected_in_the_dark.open(path_of(name, world, row=row))
    assert barriers(inspected_in_the_dark.page, axe, rules=DARK_RULES) == []


def test_login_page_has_no_serious_barrier(chromium: Browser, axe: Path, site: str) -> None:
    with visit(chromium, site, bypass_csp=True) as found:
        found.open("/accounts/login/")
        assert barriers(found.page, axe) == []


def test_broken_policy_and_exceptions_are_noticed(chromium: Browser, site: str) -> None:
    with visit(chromium, site) as found:
        found.open("/accounts/login/")
        found.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
        with found.page.expect_event("pageerror"):
            found.page.evaluate("setTimeout(() => { throw new Error('on purpose') })")
        found.page.title()  # whatever was to be told of what happened before has been told now
    exceptions = [said for said in found.complaints if "Content Security Policy" not in said]
    assert exceptions == ["exception: on purpose"]
    assert len(found.complaints) > len(exceptions)
