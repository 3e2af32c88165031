"""Read a page as people do: its tables, texts, links and the data of its charts."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from django.test import Client


class Page(HTMLParser):
    """The parts of an HTML page; texts have their white space folded."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.tables: dict[str, list[list[str]]] = {}
        self.links: dict[str, str] = {}
        self._rows: list[list[str]] | None = None
        self._caption = ""
        self._href = ""
        self._texts: list[list[str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in {"td", "th", "caption", "a"}:
            self._texts.append([])
            self._href = dict(attrs).get("href") or "" if tag == "a" else self._href

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._rows is not None:
            self.tables[self._caption or f"table {len(self.tables)}"] = self._rows
            self._rows = None
        elif tag in {"td", "th", "caption", "a"}:
            text = " ".join("".join(self._texts.pop()).split())
            if tag == "caption":
                self._caption = text
            elif tag == "a":
                self.links[text] = self._href
            elif self._rows:
                self._rows[-1].append(text)

    def handle_data(self, data: str) -> None:
        for text in self._texts:
            text.append(data)

    def chart(self, chart_id: str) -> dict[str, Any]:
        """Return the payload of a chart."""
        found = re.search(
            rf'<script id="{re.escape(chart_id)}" type="application/json">(.*?)</script>',
            self.html,
            re.DOTALL,
        )
        assert found, f"no chart {chart_id}"
        payload: dict[str, Any] = json.loads(found[1])
        return payload

    @property
    def text(self) -> str:
        """All texts outside tags, folded."""
        return " ".join(re.sub(r"<script.*?</script>|<[^>]+>", " ", self.html, flags=re.DOTALL).split())


def read(client: Client, url: str, **headers: str) -> Page:
    """Fetch a page that must be there."""
    response = client.get(url, headers=headers)
    assert response.status_code == 200, response.status_code
    return Page(response.content.decode())
