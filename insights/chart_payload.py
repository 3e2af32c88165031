"""The shape of a chart's data: what a query gives, the page embeds as JSON and the data table repeats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict

# The functional form, because `class` cannot name an attribute and the browser's code reads that key.
ChartSeries = TypedDict(
    "ChartSeries", {"key": str, "label": str, "values": Sequence[int | None], "class": str}
)


class ChartPayload(TypedDict):
    """What `charts.js` draws.

    `labels` stand along the axis, `titles` are the sentences shown on hover (one a label), `unit` is a
    plural noun. A series' `class` names its colour (see `insights.marks`); None is not known, and a gap.
    """

    kind: Literal["line", "bar", "stacked"]
    labels: Sequence[str]
    titles: Sequence[str]
    series: Sequence[ChartSeries]
    unit: str
