"""The mail as mail programs show it: one column of tables, every style inline, readable in light and dark."""

from __future__ import annotations

import re
from dataclasses import dataclass

import css_inline
from django.template.loader import render_to_string

from insights.enums import AuthClass, TlsVersion
from insights.marks import AUTH_MARKS, TLS_MARKS
from insights.templatetags.figures import share_of
from reports.content import ReportContent
from reports.render import words
from reports.render.colours import COLOURS
from reports.render.labels import FAILURE_WORDS, Attachment

CHART_ID = "chart"
"""The Content-ID under which the mail carries its chart."""
LEAST_BAR = 1
_BETWEEN_TAGS = re.compile(r">\s+<")
# Styles for the dark stay a rule; everything else is moved onto the elements, because many programs drop
# <style>.
_INLINER = css_inline.CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a table of shares: `width` is of 100, so that even the smallest share is seen."""

    label: str
    colour: str
    messages: int
    share: str
    width: int


def html_of(content: ReportContent, *, files: tuple[Attachment, ...]) -> str:
    """Return the HTML of the mail; `files` are attached, or fetched by their links."""
    sentences = words.sentences(content)
    page = render_to_string(
        "reports/email/request/body.html",
        {
            "content": content,
            "totals": content.totals,
            "title": words.title(content),
            "scope": words.scope(content),
            "finding": sentences[0],
            "further": sentences[1:],
            "change": words.change(content),
            "chart_id": CHART_ID,
            "chart_in_words": words.chart_in_words(content),
            "legend": _legend(content),
            "sections": ("auth", "tls") if content.view == "auth" else ("tls", "auth"),
            "tls_bars": _tls_bars(content),
            "auth_bars": _auth_bars(content),
            "old_clients": [(line, TLS_MARKS[line.tls_version].label) for line in content.old_clients],
            "failures": [(line, FAILURE_WORDS[line.reason]) for line in content.top_failures],
            "files": files,
        },
    )
    return _BETWEEN_TAGS.sub(">\n<", _INLINER.inline(page))


def _legend(content: ReportContent) -> list[tuple[str, str, int]]:
    counted = dict(words.class_totals(content))
    return [
        (COLOURS[_class(name)], words.class_label(name), counted[words.class_label(name)])
        for name in content.chart_classes
        if words.class_label(name) in counted
    ]


def _class(name: str) -> TlsVersion | AuthClass:
    return name if isinstance(name, AuthClass) else TlsVersion(name)


def _tls_bars(content: ReportContent) -> list[Bar]:
    return [
        _bar(content, str(TLS_MARKS[line.tls_version].label), COLOURS[line.tls_version], line.messages)
        for line in content.tls
        if line.messages
    ]


def _auth_bars(content: ReportContent) -> list[Bar]:
    return [
        _bar(
            content,
            f"{AUTH_MARKS[line.auth_class].label}: {line.mechanism}",
            COLOURS[line.auth_class],
            line.messages,
        )
        for line in content.auth
    ]


def _bar(content: ReportContent, label: str, colour: str, messages: int) -> Bar:
    total = content.totals.messages
    width = max(LEAST_BAR, round(100 * messages / total))
    return Bar(label, colour, messages, share_of(messages, total), width)
