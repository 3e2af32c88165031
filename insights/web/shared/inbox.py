"""The inbox: what waits, by domain or by account, to be assigned; and what was assigned, to be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from insights.ingest.shared.mapping import whose
from insights.ingest.shared.routing import Decision, Key, Router
from insights.ingest.shared.waiting import (
    ACCOUNT_SORTS,
    Narrowed,
    Waiting,
    WaitingAccounts,
    waiting_domains,
)
from insights.models import Assignment, NameShown, RuleKind, Source
from insights.web.shared.forms import AssignForm
from insights.web.shared.place import Place, page
from insights.words.shared import decision_words, reason_words

ROWS_A_PAGE = 50
DOMAINS, ACCOUNTS, ASSIGNED = "domains", "accounts", "assigned"
VIEWS = (DOMAINS, ACCOUNTS, ASSIGNED)
DEFAULT_SORT = "-messages"
WITHOUT_DOMAIN = "-"
"""How the address names the accounts without a domain."""
_SORTS: dict[str, Callable[[Waiting], Any]] = {
    "name": lambda one: one.name,
    "accounts": lambda one: one.accounts,
    "messages": lambda one: one.messages,
    "failures": lambda one: one.failures,
    "first": lambda one: one.first_at,
    "last": lambda one: one.last_at,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address asks for; what it says wrongly is left out."""

    view: str
    server: Source | None
    domain: str | None
    search: str
    sort: str
    row: str

    @property
    def narrowed(self) -> Narrowed:
        """Of which server, and what the name must hold."""
        return Narrowed(server=self.server.pk if self.server else None, search=self.search)


class WaitingRow(NamedTuple):
    """A domain or an account with what the mapping says of it now; `key` names it in the address."""

    waiting: Waiting
    shown: str
    key: str
    reason: str
    customer: str
    can_assign: bool


class AssignedRow(NamedTuple):
    """An assignment with the customers by name."""

    assignment: Assignment
    customers: list[tuple[str, int]]


def show(request: HttpRequest, place: Place) -> HttpResponse:
    """Show what waits, or what was assigned."""
    choice = read_choice(request, place)
    servers = list(Source.objects.filter(tenant=place.home))
    context: dict[str, Any] = {
        "choice": choice,
        "now": timezone.now(),
        "inbox": place.home,
        "servers": servers,
        "has_data": any(server.last_line_at for server in servers),
        "q": choice.search,
        "sort": choice.sort,
        "without_domain": WITHOUT_DOMAIN,
    }
    if choice.view == ASSIGNED:
        found, rows = _assigned(place, request)
        context |= {"page": found, "rows": rows}
    else:
        context |= _waiting(request, place, choice)
    return page(request, "insights/shared/inbox.html", place, "inbox", context)


def read_choice(request: HttpRequest, place: Place) -> Choice:
    """Read the choice from the address. Up to one query."""
    # No column can hold a NUL, so that nothing is found by one.
    asked = {key: str(value).replace("\0", "") for key, value in request.GET.items()}
    view = asked.get("view", DOMAINS)
    view = view if view in VIEWS else DOMAINS
    sorts = _SORTS if view == DOMAINS else ACCOUNT_SORTS
    sort = asked.get("sort", DEFAULT_SORT)
    try:
        server_id: UUID | None = UUID(asked.get("server", ""))
    except ValueError:
        server_id = None
    server = Source.objects.filter(tenant=place.home, pk=server_id).first() if server_id else None
    domain = asked.get("domain")
    return Choice(
        view=view,
        server=server,
        domain="" if domain == WITHOUT_DOMAIN else domain,
        search=asked.get("q", "").strip(),
        sort=sort if sort.removeprefix("-") in sorts else DEFAULT_SORT,
        row=asked.get("row", ""),
    )


def _waiting(request: HttpRequest, place: Place, choice: Choice) -> dict[str, Any]:
    """Return what of the domains or accounts is shown, and the open row. Up to seven queries."""
    by_account = choice.view == ACCOUNTS
    number = request.GET.get("page")
    found: Page[Waiting]
    if by_account:
        narrowed = choice.narrowed
        if choice.domain is not None:
            _all, written = waiting_domains(place.home, Narrowed(server=narrowed.server))
            narrowed = Narrowed(narrowed.server, written.get(choice.domain, []), narrowed.search)
        accounts = WaitingAccounts(place.home, narrowed, sort=choice.sort)
        found = Paginator(accounts, ROWS_A_PAGE).get_page(number)
    else:
        domains, _written = waiting_domains(place.home, choice.narrowed)
        key = _SORTS[choice.sort.removeprefix("-")]
        domains.sort(key=lambda one: one.name)
        domains.sort(key=key, reverse=choice.sort.startswith("-"))
        found = Paginator(domains, ROWS_A_PAGE).get_page(number)
    rows = _rows(place, choice, list(found))
    opened = next((row for row in rows if row.can_assign and choice.row == row.key), None)
    return {
        "page": found,
        "rows": rows,
        "opened": opened,
        "form": _form(place, opened, by_account=by_account) if opened else None,
        "answer": _explained(place, choice, opened) if opened else "",
    }


def _rows(place: Place, choice: Choice, found: Sequence[Waiting]) -> list[WaitingRow]:
    router, by_account = _router(place, choice), choice.view == ACCOUNTS
    shown = {}
    if by_account:
        written = NameShown.objects.filter(tenant=place.home, name__in=[one.name for one in found])
        shown = dict(written.values_list("name", "shown"))
    rows = []
    for one in found:
        decision = _decide(router, one.name, by_account=by_account)
        rows.append(
            WaitingRow(
                waiting=one,
                shown=shown.get(one.name, one.name),
                key=one.name or WITHOUT_DOMAIN,
                reason=reason_words(decision),
                customer=place.names[decision.customer] if decision.customer else "",
                can_assign=bool(one.name),
            )
        )
    return rows


def _router(place: Place, choice: Choice) -> Router:
    """Return what decides; without one server only the rules for every one."""
    return Router(whose(place.home, place.customers), choice.server.pk if choice.server else place.home.pk)


def _decide(router: Router, name: str, *, by_account: bool) -> Decision:
    account = name if by_account else f"anybody@{name}" if name else ""
    return router.decide(Key(account, "", None))


def _form(place: Place, row: WaitingRow, *, by_account: bool) -> AssignForm:
    """Return the form for a row; who accepts the domain by now, or gets it by a rule, is proposed."""
    proposed = next((one for one in place.customers if one.name == row.customer), None)
    initial = {
        "kind": RuleKind.ACCOUNT.value if by_account else RuleKind.DOMAIN.value,
        "value": row.waiting.name,
        "customer": str(proposed.pk) if proposed else "",
        "with_rule": proposed is None,
    }
    return AssignForm(initial=initial, customers=place.customers)


def _explained(place: Place, choice: Choice, row: WaitingRow) -> str:
    router = _router(place, choice)
    return decision_words(_decide(router, row.waiting.name, by_account=choice.view == ACCOUNTS), place.names)


def _assigned(place: Place, request: HttpRequest) -> tuple[Page[Assignment], list[AssignedRow]]:
    """Return a page of assignments, the newest first, with the customers by name. Two queries."""
    made = Assignment.objects.filter(tenant=place.home).select_related("created_by")
    found = Paginator(made, ROWS_A_PAGE).get_page(request.GET.get("page"))
    names = {str(key): name for key, name in place.names.items()}
    return found, [
        AssignedRow(one, [(names.get(key, "–"), count) for key, count in one.moved.items()]) for one in found
    ]
