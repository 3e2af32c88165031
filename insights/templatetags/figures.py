"""Numbers as pages show them: thousands separated, one decimal for percentages, “–” for what is not known."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

Number: TypeAlias = int | float | Decimal
NOT_KNOWN = "–"
NO_BREAK = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_UNITS = ((Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**3), "k"))


def _one_decimal(value: Number) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@register.filter
def number(value: Number | None) -> str:
    """Write a count with the language's thousands separator; 0 is “0”, None is “–”."""
    if value is None:
        return NOT_KNOWN
    return number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def percent(value: Number | None) -> str:
    """Write a percentage (3.24, not 0.0324) as “3.2 %”, rounded half up."""
    if value is None:
        return NOT_KNOWN
    digits = number_format(_one_decimal(value), decimal_pos=1, use_l10n=True, force_grouping=True)
    return f"{digits}{NO_BREAK}%"


@register.filter
def share_of(part: Number | None, whole: Number | None) -> str:
    """Write `part` as a percentage of `whole`; “–” when there is nothing to be a part of."""
    if part is None or not whole:
        return NOT_KNOWN
    return percent(Decimal(str(part)) * 100 / Decimal(str(whole)))


@register.simple_tag
def share(part: Number | None, whole: Number | None) -> SafeString:
    """Write “3.2 % (14)”: the percentage with its count beside, as every table shows a class."""
    return format_html(
        '<span class="share">{} <span class="share-count">({})</span></span>',
        share_of(part, whole),
        number(part),
    )


@register.simple_tag
def messages_told(messages: int, logins: int) -> SafeString:
    """Write a number of messages; where there is none but logins are, that these tell of no message."""
    if messages or not logins:
        return format_html("{}", number(messages))
    words = ngettext("%(n)s login, no message told", "%(n)s logins, no message told", logins)
    return format_html('<span class="no-message">{}</span>', words % {"n": number(logins)})


@register.simple_tag
def short_number(value: Number | None) -> SafeString:
    """Write a large count as “98.2 k” with the exact one on hover; below 10,000 it is exact."""
    if value is None:
        return format_html("{}", NOT_KNOWN)
    exact = number(value)
    size = Decimal(str(value))
    if abs(size) < 10_000:
        return format_html("{}", exact)
    unit, letter = next((unit, letter) for unit, letter in _UNITS if abs(size) >= unit)
    short = number_format(_one_decimal(size / unit), decimal_pos=1, use_l10n=True)
    return format_html('<span title="{}">{}{}{}</span>', exact, short, NO_BREAK, letter)


def signed(value: int) -> str:
    """Write a difference with its sign: “+3”, “−3” (a real minus), “0”."""
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    return sign + number(abs(value))


@register.simple_tag
def delta(current: int | None, previous: int | None, than: str, *, rising: str = "neutral") -> SafeString:
    """Write the change as “+3 on last week”, in words for screen readers.

    `than` names what is compared with (“on last week”); `rising` is `good`, `bad` or `neutral` and chooses
    the colour only. An unknown side gives “–”: a missing week is not a rise from nothing.
    """
    if current is None or previous is None:
        return format_html('<span class="delta">{}</span>', NOT_KNOWN)
    change = current - previous
    if change == 0:
        return format_html(
            '<span class="delta">{} <span class="delta-than">{}</span></span>', _("no change"), than
        )
    judged = {"good": change > 0, "bad": change < 0}.get(rising)
    tone = "delta-neutral" if judged is None else "delta-good" if judged else "delta-bad"
    words = (
        ngettext("%(n)s more", "%(n)s more", change)
        if change > 0
        else ngettext("%(n)s fewer", "%(n)s fewer", -change)
    ) % {"n": number(abs(change))}
    return format_html(
        '<span class="delta {}"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span>'
        ' <span class="delta-than">{}</span></span>',
        tone,
        signed(change),
        words,
        than,
    )
