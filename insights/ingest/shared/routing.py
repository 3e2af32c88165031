"""Decide whose an event of a shared server is, and why. Pure: the mapping comes in as plain data.

In this order, and the first that speaks decides:

1. the provider's rules: of the account, of how it begins (the longest), of its domain (the nearest), of the client's
   network (the narrowest); of two alike the one for this very server;
2. the accepted domains of the customers: the account's domain, else the nearest domain above it.

The domain is the account's, because that is what the client proved. Only where the account has none is it that of the
sender address. What nothing fits, what two customers claim, and what a rule gives to somebody who is no customer of
the provider any more is nobody's: it is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from uuid import UUID

from insights.ingest.identity import compared, domain_of

ACCOUNT, PREFIX, DOMAIN, NETWORK = "account", "prefix", "domain", "network"
"""The kinds of rules (`insights.models.RuleKind`), in the order in which they are asked."""


class Why(StrEnum):
    """What decided; the last four leave an event with nobody."""

    RULE = "rule"
    ACCEPTED = "accepted"
    NO_DOMAIN = "no_domain"
    UNKNOWN_DOMAIN = "unknown_domain"
    CONFLICT = "conflict"
    FORMER = "former"


class Key(NamedTuple):
    """What of an event decides whose it is; a refused login has no sender. As stored: compared or as typed."""

    account: str
    sender: str
    client_ip: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Events that `value` fits are the customer's; of one server, or of all where `source` is None."""

    kind: str
    value: str
    customer: UUID
    source: UUID | None = None


class Decision(NamedTuple):
    """Whose an event is, None for nobody's; what decided; the rule or domain that did, and the claimants of it."""

    customer: UUID | None
    why: Why
    kind: str = ""
    matched: str = ""
    of_sender: bool = False
    claimants: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Whose:
    """All that decides: the customers there are, the rules, and for each accepted domain who accepts it."""

    customers: frozenset[UUID]
    rules: tuple[Rule, ...]
    accepted: Mapping[str, frozenset[UUID]] = field(default_factory=dict)


class Router:
    """Answers for one server; the same keys come again and again, so answers are kept."""

    def __init__(self, whose: Whose, source: UUID) -> None:
        self._whose = whose
        self._rules: dict[str, dict[str, UUID]] = {kind: {} for kind in (ACCOUNT, PREFIX, DOMAIN, NETWORK)}
        # Those of this very server come later and replace those for all.
        for rule in sorted(whose.rules, key=lambda rule: rule.source is not None):
            if rule.source in {None, source}:
                self._rules[rule.kind][rule.value] = rule.customer
        self._prefixes = sorted(self._rules[PREFIX], key=lambda prefix: (-len(prefix), prefix))
        networks = ((ip_network(value), value) for value in self._rules[NETWORK])
        self._networks: list[tuple[IPv4Network | IPv6Network, str]] = sorted(
            networks, key=lambda one: (-one[0].prefixlen, one[1])
        )
        self._known: dict[Key, Decision] = {}

    def decide(self, key: Key) -> Decision:
        """Return whose an event with this key is, and why."""
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._decide(key)
        return known

    def _decide(self, key: Key) -> Decision:
        account = compared(key.account)
        domain, of_sender = domain_of(account), False
        if not domain and key.sender:
            domain, of_sender = domain_of(compared(key.sender)), True
        if (found := self._by_rule(account, domain, key.client_ip)) is not None:
            kind, value = found
            customer = self._rules[kind][value]
            by_sender = of_sender and kind == DOMAIN
            if customer not in self._whose.customers:
                return Decision(None, Why.FORMER, kind, value, by_sender, (customer,))
            return Decision(customer, Why.RULE, kind, value, by_sender)
        if not domain:
            return Decision(None, Why.NO_DOMAIN)
        for above in at_and_above(domain):
            claimants = sorted(self._whose.accepted.get(above, frozenset()) & self._whose.customers)
            if len(claimants) == 1:
                return Decision(claimants[0], Why.ACCEPTED, DOMAIN, above, of_sender)
            if claimants:
                return Decision(None, Why.CONFLICT, DOMAIN, above, of_sender, tuple(claimants))
        return Decision(None, Why.UNKNOWN_DOMAIN, DOMAIN, domain, of_sender)

    def _by_rule(self, account: str, domain: str, client_ip: str | None) -> tuple[str, str] | None:
        if account in self._rules[ACCOUNT]:
            return ACCOUNT, account
        for prefix in self._prefixes:
            if account.startswith(prefix):
                return PREFIX, prefix
        for above in at_and_above(domain):
            if above in self._rules[DOMAIN]:
                return DOMAIN, above
        if client_ip and self._networks:
            address = ip_address(client_ip.partition("%")[0])
            for network, value in self._networks:
                if address in network:
                    return NETWORK, value
        return None


def at_and_above(domain: str) -> Iterable[str]:
    """Yield the domain, then those above it, but none without a dot: nobody's domain is `de`."""
    if domain:
        yield domain
        above = domain.partition(".")[2]
        while "." in above:
            yield above
            above = above.partition(".")[2]
