"""Marks of TLS versions and auth classes: badges, stacked bars with a legend, sparklines, as inline SVG.

SVG attributes carry the sizes because the content security policy allows no style attributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from insights.enums import AuthClass, TlsVersion
from insights.marks import AUTH_MARKS, TLS_MARKS, Mark, Segment
from insights.templatetags.figures import number

register = template.Library()

# A class with one message of a million must still be seen: no segment is narrower than this, in percent.
LEAST_WIDTH = 0.6
SPARK_WIDTH, SPARK_HEIGHT, SPARK_PAD = 96, 24, 2


def _badge(mark: Mark) -> SafeString:
    return format_html(
        '<span class="kind"><svg class="swatch" aria-hidden="true">'
        '<rect class="fill-{}" width="10" height="10"/></svg>{}</span>',
        mark.css,
        mark.label,
    )


@register.simple_tag
def tls_badge(version: str) -> SafeString:
    """Show a TLS version as a swatch of its colour with its name."""
    return _badge(TLS_MARKS[TlsVersion(version)])


@register.simple_tag
def auth_badge(auth_class: str) -> SafeString:
    """Show an auth class as a swatch of its colour with its name."""
    return _badge(AUTH_MARKS[AuthClass(auth_class)])


def _widths(values: Sequence[int]) -> list[float]:
    total = sum(values)
    raised = [max(100 * value / total, LEAST_WIDTH) if value else 0.0 for value in values] if total else []
    return [width * 100 / sum(raised) for width in raised]


@register.inclusion_tag("partials/stacked_bar.html")
def stacked_bar(
    segments: Sequence[Segment], label: str, *, legend: bool = True, thin: bool = False
) -> dict[str, Any]:
    """Draw the parts of a whole as one bar; the legend names each with its percentage and count."""
    parts, left = [], 0.0
    total = sum(segment.value for segment in segments)
    for segment, width in zip(segments, _widths([segment.value for segment in segments]), strict=False):
        # Floats as text: a template would write a decimal comma in some languages.
        parts.append({"segment": segment, "x": f"{left:.3f}%", "width": f"{width:.3f}%"})
        left += width
    return {"parts": parts, "total": total, "label": label, "legend": legend, "thin": thin}


@register.simple_tag
def sparkline(values: Sequence[int | None], label: str) -> SafeString:
    """Draw a small line of one value a day from zero up; a day not known (None) is a gap in it."""
    known = [value for value in values if value is not None]
    if not known:
        return format_html('<span class="spark-none">{}</span>', "–")
    top = max(*known, 1)
    step = (SPARK_WIDTH - 2 * SPARK_PAD) / max(len(values) - 1, 1)
    path, pen_up = [], True
    for index, value in enumerate(values):
        if value is None:
            pen_up = True
            continue
        x = SPARK_PAD + index * step
        y = SPARK_HEIGHT - SPARK_PAD - (SPARK_HEIGHT - 2 * SPARK_PAD) * value / top
        path.append(f"{'M' if pen_up else 'L'}{x:.1f} {y:.1f}")
        pen_up = False
    spoken = f"{label}: {'; '.join(number(value) for value in values)}"
    return format_html(
        '<svg class="spark" width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<path d="{}" fill="none"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        SPARK_WIDTH,
        SPARK_HEIGHT,
        spoken,
        "".join(path),
    )
