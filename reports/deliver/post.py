"""Hand one mail to the mail server, and tell in its own words why it did not take it."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass

from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

LONGEST_WORDS = 500
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a mail was not taken.

    A permanent refusal (RFC 5321, 4.2.1: a 5yz reply) is not tried again; any other is. `is_server_down`
    tells that the server did not answer as one at all, so that other mails would fare the same.
    """

    words: str
    is_permanent: bool = False
    is_server_down: bool = False


def post(mail: EmailMessage) -> Refusal | None:
    """Hand the mail over; return None once the server has said that it took it, else why it did not.

    A connection that breaks before that answer is a temporary refusal: the server may have taken the mail all
    the same, and its Message-ID lets it be recognised when it comes again. What happens after the answer
    changes nothing.
    """
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError) as error:
        return refusal_of(error, is_server_down=True)
    try:
        connection.send_messages([mail])
    except (smtplib.SMTPException, OSError) as error:
        return refusal_of(error)
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()
    return None


def refusal_of(error: smtplib.SMTPException | OSError, *, is_server_down: bool = False) -> Refusal:
    """Return what an error of the conversation means."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            code, words = next(iter(refused.values()))
            return Refusal(_reply(code, words), is_permanent=code >= 500)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return Refusal(_reply(code, words), is_permanent=code >= 500, is_server_down=is_server_down)
        case smtplib.SMTPNotSupportedError():
            return Refusal(_plain(str(error)), is_permanent=True, is_server_down=is_server_down)
        case TimeoutError():
            return Refusal(_("The mail server did not answer in time."), is_server_down=True)
        case smtplib.SMTPServerDisconnected():
            return Refusal(
                _("The mail server closed the connection: %(words)s") % {"words": _plain(str(error))},
                is_server_down=is_server_down,
            )
    return Refusal(
        _("The mail server could not be reached: %(words)s") % {"words": _plain(str(error))},
        is_server_down=True,
    )


def _reply(code: int, words: bytes | str) -> str:
    return _plain(f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}")


def _plain(text: str) -> str:
    """Return a server's words on one line and not too long; they are anybody's text."""
    return _BREAKS.sub(" ", text).strip()[:LONGEST_WORDS]
