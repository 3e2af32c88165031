"""The sentences of a mailed report: its subject, its finding, the numbers of its chart in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.enums import AuthClass, TlsVersion
from insights.marks import AUTH_MARKS, TLS_MARKS
from insights.templatetags.figures import number, share_of, signed
from insights.words.evidence import gap_sentences
from project.periods import DayRange
from reports.content import Finding, ReportContent, findings

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def single_line(text: str) -> str:
    """Return `text` without line breaks and control characters: fit for a header of a mail."""
    return _BREAKS.sub(" ", text).strip()


def days_in_words(days: DayRange, *, this_year: int) -> str:
    """Write inclusive days as a person would: “10–16 November”, with the year when it is not `this_year`."""
    first, last = days.start, days.last
    year = "" if first.year == last.year == this_year else " Y"
    if first == last:
        return date_format(first, f"j F{year}")
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{date_format(last, f'j F{year}')}"
    start = date_format(first, f"j F{year}" if first.year != last.year else "j F")
    return f"{start} – {date_format(last, f'j F{year}')}"


def period(content: ReportContent) -> str:
    """Write the days that the report is about."""
    return days_in_words(content.days, this_year=content.made_at.year)


def subject(content: ReportContent) -> str:
    """Return the subject: who, what, when, and the three numbers that matter."""
    start = _("%(tenant)s: SMTP Auth clients, %(days)s") % {
        "tenant": single_line(content.tenant_name),
        "days": period(content),
    }
    totals = content.totals
    if content.is_empty:
        return _("%(start)s: nothing found") % {"start": start}
    parts = [_accounts(totals.accounts), _messages(totals.messages)]
    if totals.on_old_tls:
        parts.append(_("%(count)s on old TLS") % {"count": number(totals.on_old_tls)})
    if totals.without_tls:
        parts.append(_("%(count)s without TLS") % {"count": number(totals.without_tls)})
    return f"{start}: {', '.join(parts)}"


def title(content: ReportContent) -> str:
    """Return the heading of the mail."""
    return _("SMTP Auth clients, %(days)s") % {"days": period(content)}


def scope(content: ReportContent) -> str:
    """Say which senders the report is about."""
    if content.sender_domain is None:
        return _("All sender domains")
    return content.sender_domain or _("Senders without a domain")


def sentences(content: ReportContent) -> list[str]:
    """Return the findings as sentences, the one to read first at the beginning, and at the end what is not known."""
    found = [_sentence(finding, content) for finding in findings(content.totals)]
    return [*found, *gap_sentences(content.not_whole)]


def _sentence(finding: Finding, content: ReportContent) -> str:
    totals = content.totals
    values = {
        "all": number(totals.messages),
        "accounts": number(totals.accounts),
        "days": period(content),
        "tenant": content.tenant_name,
    }

    def of(messages: int, accounts: int = 0) -> dict[str, str]:
        share = share_of(messages, totals.messages)
        return values | {"messages": number(messages), "share": share, "some": number(accounts)}

    match finding:
        case Finding.NOTHING:
            return _("No message was submitted with SMTP AUTH on these days: %(days)s.") % values
        case Finding.OLD_TLS:
            return ngettext(
                "%(some)s of %(accounts)s accounts still sends over SSL 3, TLS 1.0 or TLS 1.1: "
                "%(messages)s of %(all)s messages (%(share)s).",
                "%(some)s of %(accounts)s accounts still send over SSL 3, TLS 1.0 or TLS 1.1: "
                "%(messages)s of %(all)s messages (%(share)s).",
                totals.accounts_on_old_tls,
            ) % of(totals.on_old_tls, totals.accounts_on_old_tls)
        case Finding.NO_TLS:
            return ngettext(
                "%(some)s account sends without TLS: %(messages)s messages (%(share)s).",
                "%(some)s accounts send without TLS: %(messages)s messages (%(share)s).",
                totals.accounts_without_tls,
            ) % of(totals.without_tls, totals.accounts_without_tls)
        case Finding.TLS_UNKNOWN:
            return _("The log does not tell the TLS version of %(messages)s messages (%(share)s).") % of(
                totals.tls_unknown
            )
        case Finding.BASIC:
            return ngettext(
                "%(some)s account logs in with a password (Basic): %(messages)s messages (%(share)s).",
                "%(some)s accounts log in with a password (Basic): %(messages)s messages (%(share)s).",
                totals.accounts_on_basic,
            ) % of(totals.on_basic, totals.accounts_on_basic)
        case Finding.ALL_WELL:
            return ngettext(
                "%(accounts)s account sent %(all)s messages, none over SSL 3, TLS 1.0 or TLS 1.1 "
                "and none without TLS.",
                "%(accounts)s accounts sent %(all)s messages, none over SSL 3, TLS 1.0 or TLS 1.1 "
                "and none without TLS.",
                totals.accounts,
            ) % of(0)


def facts(content: ReportContent) -> list[tuple[str, int]]:
    """Return the numbers of the period with their names."""
    totals = content.totals
    found = [
        (_("Accounts"), totals.accounts),
        (_("Clients (account, address, TLS, mechanism)"), totals.clients),
        (_("Sender addresses"), totals.senders),
        (_("Messages"), totals.messages),
        (_("Recipients"), totals.recipients),
    ]
    if content.sender_domain is None:
        found.append((_("Failed logins"), totals.failures))
    return found


def change(content: ReportContent) -> str:
    """Say how many messages more or fewer than in the same number of days before."""
    totals = content.totals
    return ngettext(
        "%(change)s messages on the day before",
        "%(change)s messages on the %(days)s days before",
        len(content.days),
    ) % {"change": signed(totals.messages - totals.messages_before), "days": number(len(content.days))}


def class_label(name: str) -> str:
    """Return the word for a TLS version or an auth class."""
    if isinstance(name, AuthClass):
        return str(AUTH_MARKS[name].label)
    return str(TLS_MARKS[TlsVersion(name)].label)


def chart_in_words(content: ReportContent) -> str:
    """Return the alternative text of the chart: the number of every day, and of every class that it
    stacks.
    """
    days = ", ".join(f"{date_format(line.day, 'j M')}: {number(line.messages)}" for line in content.by_day)
    classes = ", ".join(f"{label}: {number(count)}" for label, count in class_totals(content))
    return _("Messages a day. %(days)s. In all, %(classes)s.") % {"days": days, "classes": classes}


def class_totals(content: ReportContent) -> Iterator[tuple[str, int]]:
    """Yield the classes of the chart that have messages, with their numbers."""
    for index, name in enumerate(content.chart_classes):
        if count := sum(line.parts[index] for line in content.by_day):
            yield class_label(name), count


def _accounts(count: int) -> str:
    return ngettext("%(count)s account", "%(count)s accounts", count) % {"count": number(count)}


def _messages(count: int) -> str:
    return ngettext("%(count)s message", "%(count)s messages", count) % {"count": number(count)}
