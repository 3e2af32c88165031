"""The state of a view: what is shown, for which days and senders, in which order, and which row is open."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from insights.filters.days import RangeChoice
from insights.filters.form import StateForm
from insights.filters.words import NO_DOMAIN, Narrowed, Problem
from insights.marks import View
from insights.queries import Selection, kept_days
from project.periods import DayRange
from tenants.models import Tenant

SHARED = ("view", "domain", "range", "start", "end")
"""The parameters that mean the same in the report, its details and a request for it."""
COLUMN_OF = {
    "account": "account",
    "sender": "sender_address",
    "client_ip": "client_net",
    "tls_version": "tls_versions",
    "auth_class": "auth_classes",
    "mechanism": "mechanisms",
    "source": "source_id",
}
"""The further filters of a view, and what each is called in a `Selection`."""


@dataclass(frozen=True, slots=True)
class ViewState:
    """A checked state: `days` is what the range comes to, `sort` one of the caller's, `row` any text."""

    view: View
    range: RangeChoice
    days: DayRange
    kept: DayRange
    domain: str | None
    q: str
    sort: str
    page: int
    row: str
    problems: tuple[Problem, ...] = ()
    narrowed: tuple[Narrowed, ...] = ()

    def selection(self) -> Selection:
        """Return what to ask the queries for; the open row is not part of it."""
        more: dict[str, Any] = {COLUMN_OF[one.field]: one.value for one in self.narrowed}
        return Selection(days=self.days, sender_domain=self.domain, search=self.q, **more)

    def params(self) -> dict[str, str]:
        """Return the parameters that give this state again, without its problems."""
        is_custom = self.range == RangeChoice.CUSTOM
        found = {
            "view": self.view.value,
            "domain": NO_DOMAIN if self.domain == "" else self.domain or "",
            "range": self.range.value,
            "start": self.days.start.isoformat() if is_custom else "",
            "end": self.days.last.isoformat() if is_custom else "",
            **{one.field: one.written for one in self.narrowed},
            "q": self.q,
            "sort": self.sort,
            "page": str(self.page) if self.page > 1 else "",
            "row": self.row,
        }
        return {name: value for name, value in found.items() if value}

    def query(self, *only: str, **changes: str) -> str:
        """Return the state as a query string: of `only` these parameters where given, with `changes` made."""
        kept = {name: value for name, value in self.params().items() if not only or name in only}
        return urlencode({name: value for name, value in (kept | changes).items() if value})

    @property
    def refused(self) -> frozenset[str]:
        """The parameters that were ignored."""
        return frozenset(problem.field for problem in self.problems if problem.is_refused)


def read_state(
    query: Mapping[str, Any],
    *,
    tenant: Tenant,
    now: datetime,
    sorts: Collection[str] = (),
    default_sort: str = "",
) -> ViewState:
    """Return the state that `query` asks for; what it asks wrongly stands in `problems` and has its default.

    `sorts` are the columns that may be sorted by, ascending, or descending with a leading `-`. Reads no rows.
    """
    kept = kept_days(tenant, now=now)
    form = StateForm(query, kept=kept, sorts=sorts)
    form.is_valid()
    taken = form.cleaned_data
    return ViewState(
        view=View(taken.get("view") or View.VOLUME),
        range=form.choice,
        days=form.days,
        kept=kept,
        domain=taken.get("domain"),
        q=taken.get("q", ""),
        sort=taken.get("sort") or default_sort,
        page=taken.get("page") or 1,
        row=taken.get("row", ""),
        problems=form.problems() + (_cut(form) if form.is_cut else ()),
        narrowed=form.narrowed(),
    )


def _cut(form: StateForm) -> tuple[Problem, ...]:
    message = _("Of %(range)s, the days from %(first)s on are kept and shown.") % {
        "range": form.choice.label,
        "first": date_format(form.days.start, "j F Y"),
    }
    return (Problem("range", message, is_refused=False),)
