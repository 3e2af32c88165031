"""The chart of a page: a canvas for the eye, its data as JSON, and the same numbers as a table."""

from __future__ import annotations

from typing import Any

from django import template

from insights.chart_payload import ChartPayload

register = template.Library()


@register.inclusion_tag("partials/chart.html")
def chart(
    payload: ChartPayload, chart_id: str, label: str, *, first_column: str, tall: bool = False
) -> dict[str, Any]:
    """Show a chart: `label` says what it is, `first_column` heads the labels in the data table (“Day”)."""
    columns = [series["values"] for series in payload["series"]]
    rows = [
        {"label": day, "cells": [column[index] for column in columns]}
        for index, day in enumerate(payload["labels"])
    ]
    totals = [sum(value for value in column if value is not None) for column in columns]
    return {
        "payload": payload,
        "chart_id": chart_id,
        "label": label,
        "first_column": first_column,
        "tall": tall,
        "rows": rows,
        "totals": totals,
    }
