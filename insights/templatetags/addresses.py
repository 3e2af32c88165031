"""Mail addresses and other names from logs on pages: shortened in the middle, whole on hover and copy.

They are written by whoever sends mail, so that invisible and direction-changing characters are made visible.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django import template

register = template.Library()

LONGEST_TAIL = 28  # characters of “@domain”
SHOWN_TAIL = 12  # of a longer one, or of a name without @
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def visible(text: str) -> str:
    """Show characters that nobody can see by their code point: no two names look the same by them."""
    return "".join(f"⟨U+{ord(char):04X}⟩" if unicodedata.category(char) in _HIDDEN else char for char in text)


def halves(text: str) -> tuple[str, str]:
    """Split where the ellipsis may fall: the domain stays whole when it is of a usual length.

    A name with right-to-left letters is not split: its halves would each be ordered by themselves.
    """
    if any(unicodedata.bidirectional(char) in {"R", "AL"} for char in text):
        return text, ""
    at = text.rfind("@")
    if at > 0 and len(text) - at <= LONGEST_TAIL:
        return text[:at], text[at:]
    if len(text) > 2 * SHOWN_TAIL:
        return text[:-SHOWN_TAIL], text[-SHOWN_TAIL:]
    return text, ""


@register.inclusion_tag("partials/address.html")
def address(value: str | None, *, copy: bool = False) -> dict[str, Any]:
    """Show an address, account or host name, a dash where none is known; `copy` adds a button that copies it whole."""
    shown = visible(value or "")
    head, tail = halves(shown)
    return {"value": value, "shown": shown, "head": head, "tail": tail, "copy": copy}
