"""Words and names that the renderings of a mail share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.enums import FailureReason

FAILURE_WORDS: dict[str, str | Promise] = {
    FailureReason.WRONG_CREDENTIALS: _("wrong name or password"),
    FailureReason.SERVER_FAULT: _("fault of the server"),
    FailureReason.CANCELLED: _("cancelled by the client"),
    FailureReason.MECHANISM_NOT_OFFERED: _("mechanism not offered"),
    FailureReason.POLICY: _("refused by a rule"),
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file with the detailed counts: attached, or behind `url` until `expires_on` when it is too large for
    that.
    """

    name: str
    size_bytes: int
    expires_on: date
    url: str = ""
