"""Why a page has nothing to show, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from insights.filters import NARROWING, RangeChoice, ViewState
from insights.queries import freshness, last_failure_on

DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Empty:
    """A sentence, a hint, and an action: a query string for this page, or the way to the sources."""

    why: str
    next: str = ""
    action: str = ""
    query: str = ""
    leads_to_sources: bool = False


def no_submissions(state: ViewState) -> Empty:
    """Return why there is no submission in this state. At most three queries."""
    narrowed = _narrowed(state)
    if narrowed:
        return narrowed
    found = freshness(state.selection())
    if not found.sources:
        return Empty(
            why=_("No source yet."),
            next=_("Connect a mail server's log, or upload one: the report begins with its first line."),
            action=_("Connect a source"),
            leads_to_sources=True,
        )
    if found.last_day is None:
        return Empty(
            why=_("No submission has been read yet."),
            next=_("The sources say when their last line came and what was recognised in it."),
            action=_("Look at the sources"),
            leads_to_sources=True,
        )
    return _elsewhere(state, found.last_day, _("The last submission was on %(day)s"))


def no_failures(state: ViewState) -> Empty:
    """Return why there is no failed login in this state. At most one query."""
    narrowed = _narrowed(state)
    if narrowed:
        return narrowed
    last = last_failure_on()
    if last is None:
        return Empty(
            why=_("No failed login has been read yet."), next=_("Refused logins of every source stand here.")
        )
    return _elsewhere(state, last, _("The last failed login was on %(day)s"))


def _narrowed(state: ViewState) -> Empty | None:
    if state.q:
        return Empty(
            why=_("Nothing matches “%(text)s” in these days.") % {"text": state.q},
            next=_("The search looks for a part of a name or an address, whatever the case."),
            action=_("Clear the search"),
            query=state.query(q="", page="", row=""),
        )
    if state.narrowed:
        return Empty(
            why=_("Nothing matches these filters in these days."),
            next=_("Each filter above can be taken away by itself."),
            action=_("Clear the filters"),
            query=state.query(**dict.fromkeys(NARROWING, ""), page="", row=""),
        )
    if state.domain is not None:
        named = state.domain or _("(no domain)")
        return Empty(
            why=_("Nothing from sender domain %(domain)s in these days.") % {"domain": named},
            next=_("Other sender domains may have sent."),
            action=_("Show all sender domains"),
            query=state.query(domain="", page="", row=""),
        )
    return None


def _elsewhere(state: ViewState, last: date, sentence: str) -> Empty:
    told = sentence % {"day": date_format(last, "j F Y")}
    why = _("Nothing in these days.")
    if last not in state.kept:
        return Empty(why=why, next=_("%(told)s; that day is no longer kept.") % {"told": told})
    if last in state.days:  # the table at hand is another one: nothing to offer
        return Empty(why=why)
    first = max(state.kept.start, last - timedelta(days=DAYS_SHOWN - 1))
    custom = {"range": RangeChoice.CUSTOM.value, "start": first.isoformat(), "end": last.isoformat()}
    return Empty(
        why=why,
        next=told + ".",
        action=_("Show it"),
        query=state.query(**custom, page="", row=""),
    )
