"""Whose an event of a shared server is: a table of cases, and any mapping against a naive reading of the rules."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.ingest.identity import compared, domain_of
from insights.ingest.shared.routing import (
    ACCOUNT,
    DOMAIN,
    NETWORK,
    PREFIX,
    Decision,
    Key,
    Router,
    Rule,
    Whose,
    Why,
)

A, B, C, GONE = (UUID(int=number) for number in range(1, 5))
SERVER, OTHER = UUID(int=100), UUID(int=101)
WHOSE = Whose(
    customers=frozenset({A, B, C}),
    rules=(
        Rule(ACCOUNT, "info@acme.example", C),
        Rule(PREFIX, "globex-", B),
        Rule(PREFIX, "globex-lab-", C),
        Rule(PREFIX, "acme\\", A),
        Rule(DOMAIN, "shop.example", B),
        Rule(DOMAIN, "old.example", GONE),
        Rule(NETWORK, "192.0.2.0/24", A),
        Rule(NETWORK, "192.0.2.64/26", B),
        Rule(NETWORK, "2001:db8::/32", C),
        Rule(ACCOUNT, "scan", A),
        Rule(ACCOUNT, "scan", B, source=OTHER),
    ),
    accepted={
        "acme.example": frozenset({A}),
        "lab.acme.example": frozenset({C}),
        "globex.example": frozenset({B, GONE}),
        "both.example": frozenset({A, B}),
        "gone.example": frozenset({GONE}),
        "shop.example": frozenset({A}),
        "example": frozenset({A}),
        "xn--mller-kva.example": frozenset({B}),
    },
)
CASES = [
    # account, sender, client, customer, why, matched
    ("anna@acme.example", "", None, A, Why.ACCEPTED, "acme.example"),
    ("Anna@ACME.Example", "", None, A, Why.ACCEPTED, "acme.example"),
    ("anna@mail.acme.example", "", None, A, Why.ACCEPTED, "acme.example"),
    ("anna@x.lab.acme.example", "", None, C, Why.ACCEPTED, "lab.acme.example"),
    ("anna@notacme.example", "", None, None, Why.UNKNOWN_DOMAIN, "notacme.example"),
    ("info@acme.example", "", None, C, Why.RULE, "info@acme.example"),
    ("bob@globex.example", "", None, B, Why.ACCEPTED, "globex.example"),
    ("x@both.example", "", None, None, Why.CONFLICT, "both.example"),
    ("x@sub.both.example", "", None, None, Why.CONFLICT, "both.example"),
    ("x@gone.example", "", None, None, Why.UNKNOWN_DOMAIN, "gone.example"),
    ("x@old.example", "", None, None, Why.FORMER, "old.example"),
    ("x@shop.example", "", None, B, Why.RULE, "shop.example"),
    ("x@deep.shop.example", "", None, B, Why.RULE, "shop.example"),
    ("globex-7", "", None, B, Why.RULE, "globex-"),
    ("globex-lab-7", "", None, C, Why.RULE, "globex-lab-"),
    ("ACME\\anna", "", None, A, Why.RULE, "acme\\"),
    ("globex", "", None, None, Why.NO_DOMAIN, ""),
    ("root", "a@acme.example", None, A, Why.ACCEPTED, "acme.example"),
    ("", "a@acme.example", None, A, Why.ACCEPTED, "acme.example"),
    ("root", "a@shop.example", None, B, Why.RULE, "shop.example"),
    # What was proved decides, not what a client may write.
    ("x@unknown.example", "a@acme.example", None, None, Why.UNKNOWN_DOMAIN, "unknown.example"),
    ("x@both.example", "a@acme.example", None, None, Why.CONFLICT, "both.example"),
    ("root", "", "192.0.2.1", A, Why.RULE, "192.0.2.0/24"),
    ("root", "", "192.0.2.70", B, Why.RULE, "192.0.2.64/26"),
    ("root", "", "2001:db8::5", C, Why.RULE, "2001:db8::/32"),
    ("bob@globex.example", "", "192.0.2.1", A, Why.RULE, "192.0.2.0/24"),
    ("x@shop.example", "", "192.0.2.1", B, Why.RULE, "shop.example"),
    ("bob@globex.example", "", "198.51.100.1", B, Why.ACCEPTED, "globex.example"),
    ("x@müller.example", "", None, B, Why.ACCEPTED, "xn--mller-kva.example"),
    ("x@example", "", None, A, Why.ACCEPTED, "example"),
    ("scan", "", None, A, Why.RULE, "scan"),
    ("@", "", None, None, Why.NO_DOMAIN, ""),
    ("' OR 1=1 --", "", None, None, Why.NO_DOMAIN, ""),
]


@pytest.mark.parametrize(("account", "sender", "client", "customer", "why", "matched"), CASES)
def test_event_is_the_customers_that_the_mapping_says(
    account: str, sender: str, client: str | None, customer: UUID | None, why: Why, matched: str
) -> None:
    decision = Router(WHOSE, SERVER).decide(Key(account, sender, client))
    assert (decision.customer, decision.why, decision.matched) == (customer, why, matched)


def test_rule_of_one_server_decides_there_before_the_one_for_all() -> None:
    assert Router(WHOSE, OTHER).decide(Key("scan", "", None)).customer == B


def test_conflict_names_who_claims_the_domain() -> None:
    assert Router(WHOSE, SERVER).decide(Key("x@both.example", "", None)).claimants == (A, B)


LABELS = st.sampled_from(["a", "b", "ä", "de"])
DOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(".".join)
LOGINS = st.one_of(
    st.builds("{}@{}".format, st.sampled_from(["x", "Y", "x-y"]), DOMAINS),
    st.sampled_from(["", "x", "x-y", "X-1"]),
)
CLIENTS = st.sampled_from([None, "10.0.0.1", "10.0.1.1", "2001:db8::1"])
PEOPLE = st.sampled_from([A, B, GONE])
VALUES = {
    ACCOUNT: LOGINS.map(compared),
    PREFIX: st.sampled_from(["x", "x-", "y", "x@a"]),
    DOMAIN: DOMAINS.map(lambda domain: domain_of(f"x@{domain}")),
    NETWORK: st.sampled_from(["10.0.0.0/8", "10.0.0.0/24", "0.0.0.0/0", "2001:db8::/64"]),
}
RULES = st.sampled_from(list(VALUES)).flatmap(
    lambda kind: st.builds(Rule, st.just(kind), VALUES[kind], PEOPLE, st.sampled_from([None, SERVER, OTHER]))
)


def naively(whose: Whose, key: Key) -> tuple[UUID | None, Why]:
    """Read the rules as the documentation puts them, with no table and no short cut."""
    account = compared(key.account)
    domain = domain_of(account) or domain_of(compared(key.sender))
    labels = domain.split(".")
    chain = [domain, *(".".join(labels[n:]) for n in range(1, len(labels) - 1))] if domain else []

    def fits(rule: Rule) -> tuple[int, ...] | None:
        here = 0 if rule.source == SERVER else 1
        if rule.source == OTHER:
            return None
        if rule.kind == ACCOUNT:
            return (0, 0, here) if account == rule.value else None
        if rule.kind == PREFIX:
            return (1, -len(rule.value), here) if account.startswith(rule.value) else None
        if rule.kind == DOMAIN:
            return (2, chain.index(rule.value), here) if rule.value in chain else None
        inside = key.client_ip and ip_address(key.client_ip) in ip_network(rule.value)
        return (3, -ip_network(rule.value).prefixlen, here) if inside else None

    ranked = sorted((rank, number) for number, rule in enumerate(whose.rules) if (rank := fits(rule)))
    if ranked:
        customer = whose.rules[ranked[0][1]].customer
        return (customer, Why.RULE) if customer in whose.customers else (None, Why.FORMER)
    if not domain:
        return None, Why.NO_DOMAIN
    for one in chain:
        claimants = whose.accepted.get(one, frozenset()) & whose.customers
        if claimants:
            return (next(iter(claimants)), Why.ACCEPTED) if len(claimants) == 1 else (None, Why.CONFLICT)
    return None, Why.UNKNOWN_DOMAIN


@given(
    rules=st.lists(RULES, max_size=8, unique_by=lambda rule: (rule.kind, rule.value, rule.source)),
    accepted=st.dictionaries(VALUES[DOMAIN], st.frozensets(PEOPLE, max_size=3), max_size=5),
    account=LOGINS,
    sender=LOGINS,
    client=CLIENTS,
)
def test_any_mapping_decides_as_it_is_documented(
    rules: list[Rule], accepted: dict[str, frozenset[UUID]], account: str, sender: str, client: str | None
) -> None:
    whose = Whose(frozenset({A, B}), tuple(rules), accepted)
    key = Key(account, sender, client)
    decision = Router(whose, SERVER).decide(key)
    assert (decision.customer, decision.why) == naively(whose, key)
    assert decision.customer in {None, A, B}
    assert (decision.customer is None) == (decision.why not in {Why.RULE, Why.ACCEPTED})
    assert Router(whose, SERVER).decide(key) == decision


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_a_client_types_breaks_the_decision(account: str, sender: str) -> None:
    assert isinstance(Router(WHOSE, SERVER).decide(Key(account, sender, "192.0.2.5")), Decision)
