"""Whose an event of a shared server is, and why, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from insights.ingest.shared.routing import Decision, Why
from insights.models import RuleKind


def decision_words(decision: Decision, names: Mapping[UUID, str]) -> str:
    """Say who gets such an event and why, or why it waits and what to do; `names` are those of the customers."""
    if decision.customer is not None:
        return _given_words(decision, names[decision.customer])
    known = {
        "matched": decision.matched,
        "customers": _(" and ").join(names.get(one, _("somebody else")) for one in decision.claimants),
    }
    return _WAITING[decision.why]() % known


def reason_words(decision: Decision) -> str:
    """Say in a few words what gives such an event to a customer, or why nothing does."""
    if decision.why == Why.RULE:
        return _("by rule")
    if decision.why == Why.ACCEPTED:
        return _("accepted domain")
    if decision.why == Why.CONFLICT:
        return _("accepted by several")
    if decision.why == Why.FORMER:
        return _("rule for a former customer")
    return _("nobody's domain") if decision.matched else _("no domain")


def _given_words(decision: Decision, customer: str) -> str:
    known = {"customer": customer, "matched": decision.matched}
    if decision.why == Why.RULE:
        return _RULES[RuleKind(decision.kind)]() % known
    if decision.of_sender:
        return (
            _(
                "%(customer)s gets it: the account has no domain, and %(customer)s accepts “%(matched)s” of the sender."
            )
            % known
        )
    return _("%(customer)s gets it, because it accepts the domain “%(matched)s”.") % known


_RULES = {
    RuleKind.ACCOUNT: lambda: _("%(customer)s gets it by the rule for the account “%(matched)s”."),
    RuleKind.PREFIX: lambda: _(
        "%(customer)s gets it by the rule for accounts that begin with “%(matched)s”."
    ),
    RuleKind.DOMAIN: lambda: _("%(customer)s gets it by the rule for the domain “%(matched)s”."),
    RuleKind.NETWORK: lambda: _("%(customer)s gets it by the rule for the network %(matched)s."),
}
_WAITING = {
    Why.NO_DOMAIN: lambda: _(
        "It waits in the inbox: neither the account nor the sender has a domain. Make a rule for the account."
    ),
    Why.UNKNOWN_DOMAIN: lambda: _(
        "It waits in the inbox: no customer accepts the domain “%(matched)s”. Accept it at a customer, or make a rule."
    ),
    Why.CONFLICT: lambda: _(
        "It waits in the inbox: %(customers)s accept the domain “%(matched)s”. Make a rule that says whose it is."
    ),
    Why.FORMER: lambda: _(
        "It waits in the inbox: the rule for “%(matched)s” names %(customers)s, no customer of this provider any more."
    ),
}
