"""Read numbers off pages and mails as a person does."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from playwright.sync_api import Locator, Page

HOVERED = """
async (canvas) => {
  for (let frame = 0; frame < 600; frame += 1) {
    const tooltip = window.Chart?.getChart(canvas)?.tooltip;
    if (tooltip?.opacity) return [...tooltip.title, ...tooltip.body.flatMap((part) => part.lines)];
    await new Promise(requestAnimationFrame);
  }
  return [];
}
"""
DRAWN = """
async (canvas) => {
  for (let frame = 0; frame < 600 && !window.Chart?.getChart(canvas); frame += 1)
    await new Promise(requestAnimationFrame);
  const { left, right, top, bottom } = window.Chart.getChart(canvas).chartArea;
  return { left, right, top, bottom };
}
"""


def number(text: str) -> int:
    """Return the first number of a text, “4,210 messages” being 4210."""
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found[0].replace(",", ""))


def count(text: str) -> int:
    """Return the count of a share, “3.2 % (1,014)” being 1014."""
    found = re.fullmatch(r"[\d.]+\s%\s\(([\d,]+)\)", text.strip())
    assert found, text
    return int(found[1].replace(",", ""))


def headline(page: Page) -> list[int]:
    """Return the figures above a report's chart, in their order."""
    return [number(text) for text in page.locator(".report-headline .figure").all_inner_texts()]


def rows(table: Locator) -> list[list[str]]:
    """Return the cells of the body's rows."""
    return [
        [text.strip() for text in row.locator("th, td").all_text_contents()]
        for row in table.locator("tbody tr").all()
    ]


def total(table: Locator) -> list[str]:
    """Return the cells of the footer."""
    return [text.strip() for text in table.locator("tfoot th, tfoot td").all_text_contents()]


def hover_day(page: Page, canvas: Locator, *, index: int, days: int) -> list[str]:
    """Point at one of the `days` days of a chart and return the lines that appear."""
    area = canvas.evaluate(DRAWN)
    width = (area["right"] - area["left"]) / days
    canvas.hover(
        position={"x": area["left"] + (index + 0.5) * width, "y": (area["top"] + area["bottom"]) / 2}
    )
    lines: list[str] = canvas.evaluate(HOVERED)
    return lines


class _Cells(HTMLParser):
    """Collects the rows of all tables; those of a table within a cell are rows of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._open_rows: list[list[str]] = []
        self._open_cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._open_rows.append([])
        elif tag in {"td", "th"}:
            self._open_cells.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr":
            self.rows.append([cell for cell in self._open_rows.pop() if cell])
        elif tag in {"td", "th"}:
            self._open_rows[-1].append(" ".join(self._open_cells.pop().split()))

    def handle_data(self, data: str) -> None:
        if self._open_cells:
            self._open_cells[-1] += f"{data} "


def mail_rows(html: str) -> list[list[str]]:
    """Return the rows of a mail's tables as the texts of their cells, empty ones left out."""
    reader = _Cells()
    reader.feed(html)
    return [row for row in reader.rows if row]
