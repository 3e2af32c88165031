"""Why messages of a source were not stored, in words, with what can be done about it."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Words(NamedTuple):
    """A reason as people read it, and what mends it."""

    label: str | Promise
    hint: str | Promise = ""


REASONS: dict[str, Words] = {
    "queue_full": Words(
        _("came faster than they could be stored"),
        _("Send by TCP or TLS: such a sender is made to wait, and loses nothing."),
    ),
    "unstorable": Words(_("could not be stored"), _("The listener's log says why.")),
    "at_exit": Words(
        _("were lost at a stop"),
        _("The database was away when the listener was stopped. Import the log of that time."),
    ),
    "ambiguous": Words(
        _("two sources claim their sender"),
        _("What two sources claim is believed of neither. Use the fingerprint of a certificate, or a token."),
    ),
    "not_admitted": Words(
        _("came from an address that may not send"),
        _("Add the address to the networks of the sender or of the key."),
    ),
    "wrong_format": Words(
        _("the source is not read line by line"), _("Choose a source whose kind is that of a log.")
    ),
    "no_columns": Words(
        _("nobody has said which column is what"), _("Say it on the page of the source, under Columns.")
    ),
    "unknown_sender": Words(
        _("the source was changed or removed meanwhile"), _("Look whether its sender still names a source.")
    ),
}


def drop_words(reason: str) -> Words:
    """Return the words of a reason; one that is not known stands for itself."""
    return REASONS.get(reason, Words(reason))
