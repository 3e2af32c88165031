"""The words for why a login was refused."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.enums import FailureReason

register = template.Library()

REASONS: dict[FailureReason, str | Promise] = {
    FailureReason.WRONG_CREDENTIALS: _("Wrong credentials"),
    FailureReason.SERVER_FAULT: _("Fault of the server"),
    FailureReason.CANCELLED: _("Cancelled by the client"),
    FailureReason.MECHANISM_NOT_OFFERED: _("Mechanism not offered"),
    FailureReason.POLICY: _("Refused by policy"),
}


@register.simple_tag
def reason(value: str) -> str | Promise:
    """Say why a login was refused."""
    return REASONS[FailureReason(value)]
