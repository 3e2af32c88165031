"""A table in the browser: uploaded, its columns said with the rows in view, imported, and equal to the file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from insights.models import LoginFailure, Submission
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.browser.chromium import Visit, follow
from tests.browser.test_upload import shown_count
from tests.browser.world import World
from tests.factories import make_tenant

pytestmark = pytest.mark.browser

HEADER = "When,Login name,Envelope from,Remote IP,TLS,AUTH,Bytes,Result\n"


def table(at: datetime) -> tuple[str, list[tuple[str, str, str, int]], int]:
    """Return a table, what its messages are, and how many refused logins are in it."""
    rows, messages = [], []
    for number in range(40):
        stamp = (at + timedelta(minutes=number)).strftime("%d/%m/%Y %H:%M:%S")
        account, client = f"user{number % 7}", f"192.0.2.{number % 5 + 1}"
        if number % 8 == 7:
            rows.append(f"{stamp},{account},,{client},,LOGIN,,wrong")
        else:
            sender, size = f"{account}@acme.example", 1_000 + number
            rows.append(f'{stamp},{account},"{sender}",{client},TLSv1.2,LOGIN,{size},ok')
            messages.append((account, sender, client, size))
    return HEADER + "\n".join(rows) + "\n", sorted(messages), 5


def stored(tenant: Tenant) -> tuple[list[tuple[str, str, str, int]], int]:
    with tenant_scope([tenant.pk]):
        columns = ("account", "sender_address", "client_ip", "size_bytes")
        return sorted(Submission.objects.values_list(*columns)), LoginFailure.objects.count()


def test_table_is_explained_and_its_rows_equal_the_file(
    alice: Visit, world: World, queue_worker: None, tmp_path: Path
) -> None:
    tenant = make_tenant("tables", provider=world.busy.provider, time_zone="Europe/Berlin")
    # A day that no month has, so that the form of the time can be told.
    at = (datetime.now(UTC) - timedelta(days=30)).replace(day=20, hour=8, minute=0, second=0)
    text, messages, refused = table(at)
    file = tmp_path / "gateway.csv"
    file.write_text(text)
    page = alice.page
    upload(alice, tenant, file, source="gateway")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Map the columns of gateway.csv")
    preview, said = page.locator("#preview"), page.locator("#columns-said")
    expect(page.get_by_label("Account", exact=True)).to_have_value("Login name")
    expect(page.get_by_label("Sender address")).to_have_value("Envelope from")
    expect(said).to_contain_text("Time: This field is required.")
    # By keyboard alone: the label's field takes the first letter of the choice; more would have to come quickly.
    page.get_by_label("Time", exact=True).focus()
    page.keyboard.type("W")
    expect(page.get_by_label("Time", exact=True)).to_have_value("When")
    page.get_by_label("Form of the time").select_option("day_first")
    expect(said).to_contain_text("Say which values mean a message")
    page.get_by_label("Outcomes that are messages").fill("ok")
    page.get_by_label("Outcomes that are refused logins").fill("wrong")
    expect(said).to_contain_text("Submission 35 Refused login 5")
    expect(preview.locator("tbody tr").first).to_contain_text("user0")
    follow(page.get_by_role("button", name="Import"))
    expect(page.locator(".import-status")).to_have_text("Done", timeout=90_000)
    assert (shown_count(page, "submissions-stored"), shown_count(page, "failures-stored")) == (35, refused)
    assert stored(tenant) == (messages, refused)
    file.write_text(text)
    upload(alice, tenant, file, source="")
    expect(page.locator(".import-status")).to_have_text("Done", timeout=90_000)
    assert shown_count(page, "submissions-stored") == 0
    assert stored(tenant) == (messages, refused)


def upload(visit: Visit, tenant: Tenant, file: Path, *, source: str) -> None:
    page: Page = visit.page
    visit.open(f"/t/{tenant.slug}/sources/upload/")
    page.locator("#id_file").set_input_files(file)
    if source:
        page.locator("#id_name").fill(source)
    follow(page.get_by_role("button", name="Upload and read"))
