"""Links and forms that keep the rest of the URL, so that every control of a page is in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.template import Context
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

register = template.Library()


@register.simple_tag(takes_context=True)
def hidden_params(context: Context, *without: str) -> SafeString:
    """Carry the page's parameters through a GET form as hidden fields, save those that it sets itself."""
    pairs = (
        (key, value)
        for key, values in context["request"].GET.lists()
        if key not in without
        for value in values
    )
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.simple_tag(takes_context=True)
def url_without(context: Context, *params: str) -> str:
    """Give the page's own address without some parameters: where closing a flyout leads."""
    query = context["request"].GET.copy()
    for key in params:
        query.pop(key, None)
    path: str = context["request"].path
    return f"{path}?{query.urlencode()}" if query else path


@register.inclusion_tag("partials/pagination.html", takes_context=True)
def pagination(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Show what part of a table this is, with links to the others; `page` keeps the rest of the URL."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"request": context["request"], "page": page, "page_numbers": list(numbers)}


@register.inclusion_tag("partials/sort_header.html", takes_context=True)
def sort_header(
    context: Context, key: str, label: str, *, numeric: bool = False, hint: str = ""
) -> dict[str, Any]:
    """Head a column that sorts by `key`: the context's `sort` is `key` (ascending) or `-key`.

    The first click sorts numbers with the largest first and words from A; the next click turns it round.
    """
    current = str(context.get("sort") or "")
    is_sorted = current.lstrip("-") == key
    is_descending = current.startswith("-")
    descend_next = not is_descending if is_sorted else numeric
    return {
        "request": context["request"],
        "label": label,
        "hint": hint,
        "numeric": numeric,
        "is_descending": is_descending,
        "aria_sort": ("descending" if is_descending else "ascending") if is_sorted else "",
        "next": f"-{key}" if descend_next else key,
    }


@register.simple_tag
def day_span(first: date, last: date) -> SafeString:
    """Write inclusive days as short as they can be told: “17–23 Nov 2026”, “30 Oct – 5 Nov 2026”.

    Instants are of the days that they have in the time zone of the page.
    """
    first, last = _day_of(first), _day_of(last)
    if first == last:
        return format_html("{}", date_format(first, "j M Y"))
    if (first.year, first.month) == (last.year, last.month):
        return format_html("{}–{}", date_format(first, "j"), date_format(last, "j M Y"))
    start = date_format(first, "j M") if first.year == last.year else date_format(first, "j M Y")
    return format_html("{} – {}", start, date_format(last, "j M Y"))


def _day_of(at: date) -> date:
    return localdate(at) if isinstance(at, datetime) else at
