"""The chart of a mailed report: messages a day, stacked by class, as PNG.

Drawn in this process without a browser or the network. Its words are dates and digits alone, so that it needs
no font for other scripts; names stand in the mail beside it.
"""

from __future__ import annotations

from typing import Any

import vl_convert
from django.utils.formats import date_format

from insights.enums import AuthClass, TlsVersion
from reports.content import ReportContent
from reports.render.colours import COLOURS

WIDTH, HEIGHT = 536, 190
"""In pixels of the mail; drawn twice as dense, for sharp screens."""
DENSITY = 2


def chart_png(content: ReportContent) -> bytes:
    """Return the chart. Its ground is white in any theme, because a picture cannot know the reader's."""
    return vl_convert.vegalite_to_png(chart_spec(content), scale=DENSITY, allowed_base_urls=[])


def chart_spec(content: ReportContent) -> dict[str, Any]:
    """Return the Vega-Lite specification of the chart."""
    values = [
        {"day": line.day.isoformat(), "class": index, "messages": part, "label": _label(content, position)}
        for position, line in enumerate(content.by_day)
        for index, part in enumerate(line.parts)
        if part or index == 0
    ]
    every = max(1, -(-len(content.by_day) // 8))
    ticks = [line.day.isoformat() for line in content.by_day[::every]]
    labels = {line.day.isoformat(): _label(content, position) for position, line in enumerate(content.by_day)}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH - 60,
        "height": HEIGHT - 40,
        "background": "#ffffff",
        "padding": 8,
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {
                "field": "day",
                "type": "ordinal",
                "title": None,
                "scale": {"paddingInner": 0.25},
                "axis": {
                    "values": ticks,
                    "labelAngle": 0,
                    "labelExpr": f"({labels!r})[datum.value]".replace("'", '"'),
                    "ticks": False,
                    "domainColor": "#9aa0a6",
                },
            },
            "y": {
                "field": "messages",
                "type": "quantitative",
                "title": None,
                "axis": {
                    "format": ",d",
                    "tickMinStep": 1,
                    "tickCount": 4,
                    "domain": False,
                    "ticks": False,
                    "gridColor": "#e4e7ea",
                },
            },
            "color": {
                "field": "class",
                "type": "nominal",
                "legend": None,
                "scale": {
                    "domain": list(range(len(content.chart_classes))),
                    "range": [COLOURS[_key(name)] for name in content.chart_classes],
                },
            },
            "order": {"field": "class", "type": "ordinal"},
        },
        "config": {
            "view": {"stroke": None},
            "axis": {"labelColor": "#4b5563", "labelFontSize": 11, "labelPadding": 6},
            "font": "sans-serif",
        },
    }


def _key(name: str) -> TlsVersion | AuthClass:
    return name if isinstance(name, AuthClass) else TlsVersion(name)


def _label(content: ReportContent, position: int) -> str:
    """Return the day as the language writes it where that is ASCII, or else its digits."""
    day = content.by_day[position].day
    written = date_format(day, "j M")
    return written if written.isascii() and '"' not in written else f"{day:%m-%d}"
