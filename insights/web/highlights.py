"""What stands out in a week, in sentences: the worst first, and what is well only when nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.enums import LEGACY, TlsVersion
from insights.marks import TLS_MARKS
from insights.queries import Summary, TlsShare
from insights.templatetags.figures import number, share_of


@dataclass(frozen=True, slots=True)
class Highlight:
    """A sentence, and what shows it: the failed logins (`failures`) or a report view (`tls`, `auth`)."""

    text: str
    page: str
    is_good: bool = False


def highlights(summary: Summary, tls: Sequence[TlsShare]) -> list[Highlight]:
    """Return at least one sentence on a period that has messages."""
    found = list(_wrong(summary, tls))
    return found or [_well(tls)]


def _wrong(summary: Summary, tls: Sequence[TlsShare]) -> Iterator[Highlight]:
    if count := summary.accounts_without_tls.now:
        text = ngettext(
            "%(accounts)s account still submits without TLS.",
            "%(accounts)s accounts still submit without TLS.",
            count,
        )
        yield Highlight(text % {"accounts": number(count)}, "tls")
    if count := summary.accounts_on_legacy_tls.now:
        text = ngettext(
            "%(accounts)s account still uses %(versions)s.",
            "%(accounts)s accounts still use %(versions)s.",
            count,
        )
        yield Highlight(text % {"accounts": number(count), "versions": _old_versions(tls)}, "tls")
    if summary.messages_on_basic.now:
        accounts = summary.accounts_on_basic.now
        text = ngettext(
            "%(accounts)s account presents a password (Basic), in %(share)s of messages.",
            "%(accounts)s accounts present a password (Basic), in %(share)s of messages.",
            accounts,
        )
        share = share_of(summary.messages_on_basic.now, summary.messages.now)
        yield Highlight(text % {"accounts": number(accounts), "share": share}, "auth")
    guessed = summary.failures_wrong_credentials
    if guessed.now > 2 * guessed.before and guessed.delta >= 20:
        text = _("%(now)s logins with wrong credentials, against %(before)s in the 7 days before.")
        yield Highlight(text % {"now": number(guessed.now), "before": number(guessed.before)}, "failures")


def _old_versions(tls: Sequence[TlsShare]) -> str:
    """Name the legacy versions in use, oldest first: “SSL 3, TLS 1.0 or TLS 1.1”."""
    return _listed([share for share in reversed(tls) if share.tls_version in LEGACY and share.messages])


def _well(tls: Sequence[TlsShare]) -> Highlight:
    used = [share for share in reversed(tls) if share.messages]
    if any(share.tls_version == TlsVersion.UNKNOWN for share in used):
        return Highlight(
            _("Nothing bad is known; the log does not always tell the TLS version."), "tls", is_good=True
        )
    text = _("Every message came over %(versions)s, and none with a password.") % {"versions": _listed(used)}
    return Highlight(text, "tls", is_good=True)


def _listed(shares: Sequence[TlsShare]) -> str:
    names = [str(TLS_MARKS[share.tls_version].label) for share in shares]
    if len(names) < 2:
        return "".join(names)
    return _("%(names)s or %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
