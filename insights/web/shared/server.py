"""One shared server: at whom its events lie, what decides that, where two claim a domain, and a question to try it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise

from insights.ingest.shared.ledger import events_by_server
from insights.ingest.shared.mapping import whose
from insights.ingest.shared.routing import Key, Router, Whose, Why
from insights.ingest.shared.waiting import waiting_by_server
from insights.models import ImportKind, LogImport, RuleKind, SharedRule, Source
from insights.web.import_state import state_of
from insights.web.shared.forms import TryForm
from insights.web.shared.place import Place, page
from insights.web.shared.servers import row_of
from insights.words.shared import decision_words

ROWS_A_PAGE = 50
IMPORTS_SHOWN = 10
_ORDER = {kind: number for number, kind in enumerate(RuleKind.values)}


@dataclass(frozen=True, slots=True)
class MappingRow:
    """A line of the mapping: a rule, or a domain that customers accept; `decides` where nothing goes before it."""

    kind: str | Promise
    value: str
    customers: list[str]
    rule: SharedRule | None
    decides: bool


def find_server(place: Place, server_id: UUID) -> Source:
    """Return the server, or raise Http404."""
    return get_object_or_404(Source, tenant=place.home, pk=server_id)


def show(request: HttpRequest, place: Place, server_id: UUID) -> HttpResponse:
    """Show the server. Seven queries beside the frame's."""
    server, now = find_server(place, server_id), timezone.now()
    mapping = whose(place.home, place.customers)
    router = Router(mapping, server.pk)
    search = request.GET.get("q", "").strip()
    rows = _mapping_rows(place, server, mapping, router)
    found = [row for row in rows if _holds(row, search)]
    asked = TryForm(request.GET) if {"account", "sender", "client"} & set(request.GET) else TryForm()
    imports = list(LogImport.objects.filter(source=server).exclude(kind=ImportKind.SHARED)[:IMPORTS_SHOWN])
    events = events_by_server()
    lying = events.get(server.pk, {})
    context = {
        "server": server,
        "now": now,
        "row": row_of(server, place, events, waiting_by_server(place.home)),
        "in_inbox": lying.get(place.home.pk, 0),
        "in_all": sum(lying.values()),
        "mapping": Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "mapping_total": len(rows),
        "conflicts": [row for row in rows if row.rule is None and len(row.customers) > 1 and row.decides],
        "form": asked,
        "answer": _answer(asked, router, place),
        "imports": [(one, state_of(one, running=None, now=now)) for one in imports],
        "q": search,
    }
    return page(request, "insights/shared/server.html", place, "shared", context)


def _answer(form: TryForm, router: Router, place: Place) -> dict[str, Any] | None:
    if not form.is_bound or not form.is_valid():
        return None
    asked = form.cleaned_data
    decision = router.decide(Key(asked["account"], asked["sender"], asked["client"] or None))
    return {
        "customer": place.names.get(decision.customer) if decision.customer else None,
        "words": decision_words(decision, place.names),
    }


def _holds(row: MappingRow, search: str) -> bool:
    wanted = search.casefold()
    return any(wanted in text.casefold() for text in (row.value, *row.customers))


def _mapping_rows(place: Place, server: Source, mapping: Whose, router: Router) -> Sequence[MappingRow]:
    """Return the rules that hold here in the order in which they are asked, then the accepted domains by name."""
    names = place.names
    rules = [
        rule
        for rule in SharedRule.objects.filter(tenant=place.home).select_related(
            "source", "customer", "created_by"
        )
        if rule.source_id in {None, server.pk}
    ]
    own = {(rule.kind, rule.value) for rule in rules if rule.source_id is not None}
    rules.sort(key=lambda rule: (_ORDER[rule.kind], rule.value, rule.source_id is None))
    rows = [
        MappingRow(
            kind=RuleKind(rule.kind).label,
            value=rule.value,
            customers=[names.get(rule.customer_id, rule.customer.name)],
            rule=rule,
            decides=rule.customer_id in names
            and (rule.source_id is not None or (rule.kind, rule.value) not in own),
        )
        for rule in rules
    ]
    for domain in sorted(mapping.accepted):
        claimants = mapping.accepted[domain] & mapping.customers
        if claimants:
            decision = router.decide(Key(f"anybody@{domain}", "", None))
            decides = decision.why in {Why.ACCEPTED, Why.CONFLICT} and decision.matched == domain
            claimed = sorted(names[one] for one in claimants)
            rows.append(MappingRow(RuleKind.DOMAIN.label, domain, claimed, None, decides))
    return rows
