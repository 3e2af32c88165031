"""From the login to the mailed report: what one person does, with numbers that agree at every step."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from insights.enums import AuthClass
from insights.marks import TLS_MARKS
from insights.queries import (
    Selection,
    account_count,
    authentication,
    sender_totals,
    senders,
    sending_volume,
    tls_usage,
    today_of,
)
from project.periods import DayRange
from tenants.scope import tenant_scope
from tests.browser.chromium import Visit, follow
from tests.browser.reading import count, headline, hover_day, mail_rows, number, rows, total
from tests.browser.world import World
from tests.processes import until
from tests.reports.attached import attached, csv_rows, html_of
from tests.reports.smtp_sink import Sink

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("one_day")]


def week_of(world: World) -> DayRange:
    return DayRange.last_days(7, today=today_of(world.busy, now=timezone.now()))


def tls_of(selection: Selection) -> dict[str, int]:
    return {
        str(TLS_MARKS[row.tls_version].label): row.messages for row in tls_usage(selection) if row.messages
    }


def choose_days(page: Page, first: date, last: date) -> None:
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Start date").fill(first.isoformat())
    page.get_by_label("End date").fill(last.isoformat())
    follow(page.get_by_role("button", name="Show these days"))
    expect(page).to_have_url(re.compile(f"range=custom.*start={first}&end={last}"))


def senders_table(page: Page) -> Locator:
    return page.get_by_role("region", name="Senders").locator("table")


def test_dashboard_numbers_lead_through_the_flyout_to_the_report(alice: Visit, world: World) -> None:
    page = alice.page
    expect(page.get_by_role("heading", name="All customers")).to_be_visible()
    follow(page.get_by_role("main").get_by_role("link", name=world.busy.name))
    expect(page.get_by_role("heading", name="Mail flow dashboard")).to_be_visible()
    with tenant_scope([world.busy.pk]):
        selection = Selection(days=week_of(world))
        messages, tls = sum(day.messages for day in sending_volume(selection)), tls_of(selection)
        accounts = account_count(selection)
    widget = page.get_by_role("region", name="SMTP Auth clients")
    assert [number(text) for text in widget.locator("a.figure").all_inner_texts()] == [accounts, messages]

    widget.locator("a.figure").first.click()
    flyout = page.get_by_role("dialog")
    expect(page).to_have_url(re.compile(r"\?panel=smtp-auth$"))
    table = flyout.locator(".tls-table")
    expect(table).to_be_visible()
    assert {name: number(shown) for name, _, _, shown in rows(table) if number(shown)} == tls
    assert number(total(table)[-1]) == messages
    assert hover_day(page, flyout.locator("canvas"), index=0, days=7) != []

    page.keyboard.press("Escape")
    expect(flyout).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/t/{world.busy.slug}/$"))
    expect(widget.locator("a.figure").first).to_be_focused()
    widget.locator("a.figure").last.click()
    follow(flyout.get_by_role("link", name="SMTP Auth clients report"))
    expect(page.get_by_role("heading", name="SMTP Auth clients report")).to_be_visible()
    assert headline(page)[0] == messages


def test_report_views_domain_and_days_show_what_the_queries_say(alice: Visit, world: World) -> None:
    page = alice.page
    alice.open(f"/t/{world.busy.slug}/reports/smtp-auth/")
    today = today_of(world.busy, now=timezone.now())
    days = DayRange.inclusive(today - timedelta(days=10), today - timedelta(days=3))
    domain = "lindner.example"
    with tenant_scope([world.busy.pk]):
        selection = Selection(days=days, sender_domain=domain)
        volume, tls = sending_volume(selection), tls_of(selection)
        basic = sum(row.messages for row in authentication(selection) if row.auth_class == AuthClass.BASIC)
    messages = sum(day.messages for day in volume)

    choose_days(page, days.start, days.last)
    with page.expect_navigation():
        page.get_by_label("Show data for").select_option(domain)
    expect(page).to_have_url(re.compile(f"domain={domain}"))
    assert headline(page)[:2] == [messages, sum(day.recipients for day in volume)]
    canvas = page.locator("canvas[data-chart]")
    for index in (1, 6):
        (line,) = hover_day(page, canvas, index=index, days=len(volume))
        assert number(line.partition(":")[2]) == volume[index].messages
        page.mouse.move(0, 0)

    follow(page.get_by_role("link", name="TLS usage"))
    expect(page.locator(".report-headline")).to_contain_text("over TLS 1.1 or older")
    assert headline(page)[0] == messages
    page.locator("summary", has_text="Data table").click()
    data = page.locator(".chart-data table")
    names = data.locator("thead th").all_text_contents()[1:]
    assert dict(zip(names, [number(text) for text in total(data)[1:]], strict=True)) == tls

    follow(page.get_by_role("link", name="Authentication", exact=True))
    expect(page.locator(".report-headline")).to_contain_text(f"with Basic ({basic:,})")
    assert count(total(page.locator(".report-mechanisms table"))[-1]) == messages
    expect(page).to_have_url(
        re.compile(f"domain={domain}.*start={days.start}|start={days.start}.*domain={domain}")
    )


def test_details_sort_search_flyout_and_back(alice: Visit, world: World) -> None:
    page = alice.page
    first = week_of(world).start - timedelta(days=3)
    days = DayRange.inclusive(first, week_of(world).last)
    with tenant_scope([world.busy.pk]):
        selection = Selection(days=days)
        found = {row["sender_address"]: row["messages"] for row in senders(selection)}
        totals = sender_totals(selection)
    alice.open(f"/t/{world.busy.slug}/reports/smtp-auth/?view=tls")
    choose_days(page, days.start, days.last)
    follow(page.get_by_role("link", name="View details table"))
    table = senders_table(page)
    assert number(total(table)[-1]) == totals["messages"]
    assert sum(count(text) for text in total(table)[1:-1]) == totals["messages"]
    assert {cells[0].lower(): number(cells[-1]) for cells in rows(table)} == found

    follow(page.get_by_role("link", name="Message count"))
    expect(page).to_have_url(re.compile("sort=messages"))
    assert [number(cells[-1]) for cells in rows(table)] == sorted(found.values())

    wanted = max(found, key=lambda name: found[name])
    page.get_by_role("searchbox", name="Search sender addresses").fill(wanted.upper())
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(table.locator("tbody tr")).to_have_count(1)
    table.locator("tbody tr td").last.click()
    flyout = page.get_by_role("dialog")
    expect(flyout.locator(".figure-line")).to_contain_text(f"{found[wanted]:,}")
    expect(page).to_have_url(re.compile(f"row={wanted.replace('@', '(@|%40)')}"))
    clients = flyout.get_by_role("region", name="Clients").locator("table")
    assert sum(number(cells[-1]) for cells in rows(clients)) == found[wanted]
    page.keyboard.press("Escape")
    expect(flyout).to_have_count(0)

    follow(page.get_by_role("link", name="View report"))
    expect(page).to_have_url(re.compile(f"view=tls.*start={days.start}"))
    assert headline(page)[0] == totals["messages"]


def test_details_csv_adds_up_to_the_screen(alice: Visit, world: World, tmp_path: Path) -> None:
    page = alice.page
    alice.open(f"/t/{world.busy.slug}/reports/smtp-auth/details/?view=tls&range=14d")
    page.locator("summary", has_text="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    path = tmp_path / "details.csv"
    download.value.save_as(path)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    shown = total(senders_table(page))
    columns = ("tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3", "tls_ssl3", "tls_none", "tls_unknown")
    sums = {name: sum(int(line[name]) for line in lines) for name in (*columns, "messages", "recipients")}
    assert [sums[name] for name in columns] == [count(text) for text in shown[1:-1]]
    assert sums["messages"] == number(shown[-1])
    with tenant_scope([world.busy.pk]):
        days = DayRange.last_days(14, today=today_of(world.busy, now=timezone.now()))
        totals = sender_totals(Selection(days=days))
        assert [line["sender_address"] for line in lines] == [
            row["sender_address"] for row in senders(Selection(days=days), ordering=("-messages",))
        ]
    assert sums == {name: value for name, value in totals.items() if name in sums}


def test_requested_report_arrives_with_the_numbers_of_the_screen(
    alice: Visit, world: World, sink: Sink, queue_worker: None
) -> None:
    page = alice.page
    alice.open(f"/t/{world.busy.slug}/reports/smtp-auth/?view=tls&range=14d")
    on_screen = headline(page)
    page.locator("summary", has_text="Data table").click()
    data = page.locator(".chart-data table")
    names = data.locator("thead th").all_text_contents()[1:]
    tls = dict(zip(names, [number(text) for text in total(data)[1:]], strict=True))
    follow(page.get_by_role("link", name="Request report"))
    recipients = page.get_by_label("Recipients")
    recipients.fill(f"{world.alice.email}\nnobody@stranger.example")
    expect(page.locator(".chip-wrong")).to_contain_text("nobody@stranger.example")
    follow(page.get_by_role("button", name="Send the report"))
    expect(page.locator(".field-errors")).to_contain_text("nobody@stranger.example: neither a member of")
    page.get_by_role("button", name="Remove nobody@stranger.example").click()
    expect(page.locator(".chip")).to_have_count(1)
    follow(page.get_by_role("button", name="Send the report"))
    expect(page.get_by_role("status")).to_have_text("Sent", timeout=90_000)
    until(lambda: len(sink.taken) == 1)
    mail = _only(sink, to=world.alice.email)
    cells = mail_rows(html_of(mail))
    facts = {name: number(shown) for row in cells for shown, name in _facts(row)}
    assert [facts["messages"], facts["accounts"]] == on_screen[:2]
    assert _bars(cells, "TLS version") == tls
    (details,) = (content for name, content in attached(mail).items() if name.endswith(".csv"))
    assert sum(int(row["messages"]) for row in csv_rows(details)) == on_screen[0]
    assert f"{on_screen[1]:,} accounts, {on_screen[0]:,} messages" in str(mail["Subject"])

    link = re.search(r'href="([^"]+)"[^>]*>\s*Show this report', html_of(mail))
    assert link
    page.goto(link[1].replace("&amp;", "&"))
    assert headline(page) == on_screen


def _only(sink: Sink, *, to: str) -> EmailMessage:
    (mail,) = sink.taken
    assert mail["To"] == to
    return mail


def _facts(row: list[str]) -> list[tuple[str, str]]:
    """Return the number and its name from cells like “37 accounts”."""
    found = [re.fullmatch(r"([\d,]+) (accounts|messages|recipients|failed logins)", cell) for cell in row]
    return [(match[1], match[2]) for match in found if match]


def _bars(cells: list[list[str]], head: str) -> dict[str, int]:
    """Return the lines of a table with bars, from its head to its total."""
    begin = next(index for index, row in enumerate(cells) if row[0] == head)
    end = next(index for index, row in enumerate(cells) if index > begin and row[0] == "Total")
    return {row[0]: number(row[-1]) for row in cells[begin + 1 : end]}
