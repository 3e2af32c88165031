"""The frame's own tags: icons from the sprite, and where the tenant switcher leads."""

from __future__ import annotations

from django import template
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# What means the same at another tenant; a sender domain, a row or a page number does not.
KEPT_PARAMS = ("range", "start", "end", "view")


@register.simple_tag
def icon(name: str, *, size: int = 18) -> SafeString:
    """Draw an icon of the sprite; it is decoration: the text beside it or an aria-label says what it is."""
    return format_html(
        '<svg class="icon-s" width="{}" height="{}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        str(size),
        str(size),
        static("img/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def switch_url(context: Context, slug: str) -> str:
    """Give the page now shown, at another tenant, or its dashboard where that has no meaning."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    if match is None or set(match.kwargs) != {"slug"} or request.method != "GET":
        return reverse("insights:dashboard", kwargs={"slug": slug})
    query = request.GET.copy()
    for key in set(query) - set(KEPT_PARAMS):
        del query[key]
    path = reverse(match.view_name, kwargs={"slug": slug})
    return f"{path}?{query.urlencode()}" if query else path
