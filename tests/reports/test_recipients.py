"""Who may receive a tenant's reports, as a table; and how addresses are read out of what people type."""

from __future__ import annotations

import pytest

from reports.request.recipients import MAX_RECIPIENTS, check_recipients, read_addresses
from tenants.models import Membership, RecipientPolicy, SenderDomain
from tenants.scope import tenant_scope
from tests.cast import Cast

BOTH, MEMBERS, ANYBODY = RecipientPolicy.MEMBERS_AND_DOMAINS, RecipientPolicy.MEMBERS, RecipientPolicy.ANYBODY
NOT_MEMBER = "not a member of Acme; its settings allow members only"
NEITHER = "neither a member of Acme nor at one of its accepted sender domains"
NO_ADDRESS = "this is not an e-mail address"


@pytest.mark.parametrize(
    ("address", "policy", "refusal"),
    [
        ("alice@example.com", MEMBERS, ""),
        ("ALICE@example.com", MEMBERS, ""),
        ("carol@example.com", BOTH, ""),
        ("mallory@example.com", BOTH, NEITHER),
        ("dora@example.com", BOTH, NEITHER),
        ("eve@example.com", MEMBERS, NOT_MEMBER),
        ("eve@example.com", ANYBODY, ""),
        ("boss@acme.example", BOTH, ""),
        ("boss@ACME.example", BOTH, ""),
        ("boss@acme.example", MEMBERS, NOT_MEMBER),
        ("boss@seen.example", BOTH, NEITHER),
        ("boss@sub.acme.example", BOTH, NEITHER),
        ("boss@initech.example", BOTH, NEITHER),
        ("boss@bücher.example", BOTH, ""),
        ("boss@xn--bcher-kva.example", BOTH, ""),
        ("boss", ANYBODY, NO_ADDRESS),
        ("a@b@c.example", ANYBODY, NO_ADDRESS),
        ("@acme.example", BOTH, NO_ADDRESS),
        ("a b@acme.example", BOTH, NO_ADDRESS),
        ("x" * 250 + "@acme.example", ANYBODY, NO_ADDRESS),
        ("ü@acme.example", ANYBODY, NO_ADDRESS),
    ],
)
def test_check_recipients_table(cast: Cast, address: str, policy: str, refusal: str) -> None:
    cast.acme.recipient_policy = policy
    for tenant, domain, is_accepted in (
        (cast.acme, "acme.example", True),
        (cast.acme, "xn--bcher-kva.example", True),
        (cast.acme, "seen.example", False),
        (cast.initech, "initech.example", True),
    ):
        with tenant_scope([tenant.pk]):
            SenderDomain.objects.create(tenant=tenant, domain=domain, is_accepted=is_accepted)
    with tenant_scope([cast.acme.pk]):
        assert [found.refusal for found in check_recipients(cast.acme, [address])] == [refusal]


def test_check_recipients_provider_staff_without_every_tenant(cast: Cast) -> None:
    Membership.objects.filter(user=cast.bob).update(sees_all=False)
    with tenant_scope([cast.acme.pk]):
        assert check_recipients(cast.acme, [cast.bob.email])[0].refusal == NEITHER


def test_check_recipients_inactive_member(cast: Cast) -> None:
    cast.bob.is_active = False
    cast.bob.save()
    with tenant_scope([cast.acme.pk]):
        assert check_recipients(cast.acme, [cast.bob.email])[0].refusal == NEITHER


def test_check_recipients_too_many(cast: Cast) -> None:
    cast.acme.recipient_policy = ANYBODY
    addresses = [f"u{number}@example.org" for number in range(MAX_RECIPIENTS + 1)]
    with tenant_scope([cast.acme.pk]):
        found = check_recipients(cast.acme, addresses)
    assert [bool(recipient.refusal) for recipient in found] == [False] * MAX_RECIPIENTS + [True]
    assert found[-1].refusal == "a report goes to 20 addresses at most"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("a@x.example", ["a@x.example"]),
        ("a@x.example, b@x.example;c@x.example\nd@x.example", [f"{n}@x.example" for n in "abcd"]),
        ("a@x.example b@x.example", ["a@x.example", "b@x.example"]),
        ("Ann Lee <a@x.example>, b@x.example", ["a@x.example", "b@x.example"]),
        ("a@x.example, A@X.EXAMPLE", ["a@x.example"]),
        ("Ann@X.Example", ["Ann@x.example"]),
        ("a@BÜCHER.example", ["a@xn--bcher-kva.example"]),
        (" ,;\n ", []),
        ("", []),
    ],
)
def test_read_addresses_table(text: str, addresses: list[str]) -> None:
    assert read_addresses(text) == addresses
