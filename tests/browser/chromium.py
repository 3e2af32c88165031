"""The system's Chromium, driven by Playwright, and a page that notes what goes wrong in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from tests.factories import PASSWORD

PATIENCE_MS = 60_000
ARGUMENTS = [
    "--no-sandbox",  # the suite may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> Path:
    """Return where the browser should be."""
    return Path(os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium")


def missing_chromium() -> str:
    """Say what to do about a missing browser; "" when there is one."""
    path = chromium_path()
    return (
        "" if path.exists() else f"no Chromium at {path}: install Debian's `chromium` or set CHROMIUM=/path"
    )


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Run the browser.

    Playwright keeps an event loop in this thread meanwhile, in which Django refuses to ask the database, although
    nothing of it runs at the same time as a test.
    """
    if missing := missing_chromium():
        pytest.fail(missing)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE_MS)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
            yield browser
            browser.close()


def follow(leading: Locator) -> None:
    """Click what leads to another page, and wait until that is whole and its scripts have run.

    A click alone returns as soon as the answer begins: what is read or clicked then may not be there, or do nothing.
    """
    with leading.page.expect_navigation():
        leading.click()


def stop_clock(page: Page) -> None:
    """Stop the clock of the page's scripts, for what they do for a moment only: this machine may take longer."""
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))


@dataclass
class Visit:
    """A window at a site; `complaints` are errors of scripts and of the console, broken policies included."""

    page: Page
    site: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the site and wait until its scripts have run."""
        self.page.goto(self.site + path)

    def log_in(self, email: str, *, path: str = "/") -> None:
        """Go to a page that asks for the login, and answer."""
        self.open(path)
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        follow(self.page.get_by_role("button", name="Log in"))
        expect(self.page.get_by_label("Password")).to_have_count(0)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} ({self.page.url})")


@contextmanager
def visit(browser: Browser, site: str, **options: Any) -> Iterator[Visit]:
    """Open a window with a fresh profile; `options` are those of Playwright's contexts."""
    context = browser.new_context(
        **{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **options}
    )
    context.set_default_timeout(PATIENCE_MS)
    found = Visit(context.new_page(), site)
    found.page.on("console", found._console)
    found.page.on("pageerror", lambda error: found.complaints.append(f"exception: {error}"))
    try:
        yield found
    finally:
        context.close()
