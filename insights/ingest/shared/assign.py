"""Give what waits in a provider's inbox to its customers, and take that back: each in one transaction, each event once.

An assignment may run while a shared server's log is read: it takes its turn between two portions. Of two at once the
second finds what the first left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from uuid6 import uuid7

from insights.ingest.identity import compared, domain_of
from insights.ingest.shared.days import lock_customers
from insights.ingest.shared.incoming import as_json
from insights.ingest.shared.mapping import make_rule, read_value, whose
from insights.ingest.shared.moving import Chosen, Moving
from insights.ingest.shared.places import is_inbox, shared_scope
from insights.ingest.shared.routing import Key, Router
from insights.ingest.shared.settle import lock_inbox, move
from insights.ingest.span import taken_span
from insights.models import Assignment, ImportStatus, LogImport, RuleKind
from insights.rollups.locks import share_tenants
from insights.rollups.stats import ROLLUPS
from tenants.models import Tenant, User
from tenants.scope import tenant_scope


class Subject(NamedTuple):
    """What is assigned: all that waits of a domain, or of an account; `value` as compared (`mapping.read_value`)."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did: itself, None where nothing could be moved, its events, and those that wait on.

    `too_old` fitted, but are older than the customer keeps.
    """

    assignment: Assignment | None
    events: int
    too_old: int


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many events went back to the inbox, and how many of those assigned stay where they are.

    They have passed the days kept by the customer or by the inbox, or the import that they came with was undone.
    """

    returned: int
    stay: int


@dataclass(frozen=True, slots=True)
class _Waiting:
    account: str
    sender: str
    client: str
    source_id: UUID | None


def assign(
    inbox: Tenant,
    subject: Subject,
    customer: Tenant,
    *,
    person: User | None,
    now: datetime,
    with_rule: bool = False,
) -> Assigned:
    """Give all that waits of the subject to the customer; `with_rule` what comes later as well.

    Opens the scope of the provider's tenants itself. Raises ValidationError for a stranger and, with a rule, for a
    value that no rule can have; what a log holds may be assigned however it is written.
    """
    if customer.provider_id != inbox.provider_id or is_inbox(customer):
        raise ValidationError(_("Only customers of this provider can be chosen."))
    subject = _as_compared(subject, strictly=with_rule)
    with tenant_scope(shared_scope(inbox)):
        lock_inbox(inbox)
        if with_rule:
            make_rule(
                inbox, kind=subject.kind, value=subject.value, customer=customer, source=None, person=person
            )

        def decide(one: _Waiting) -> UUID | None:
            return customer.pk if _is_of(subject, one) else None

        return _assign(inbox, subject.value, _waiting(inbox), decide, person=person, now=now)


def assign_mapped(inbox: Tenant, *, person: User | None, now: datetime) -> Assigned:
    """Give what waits to those whom the rules and the accepted domains name by now. Opens its scope itself."""
    with tenant_scope(shared_scope(inbox)):
        lock_inbox(inbox)
        mapping = whose(inbox)
        routers: dict[UUID | None, Router] = {}

        def decide(one: _Waiting) -> UUID | None:
            router = routers.get(one.source_id)
            if router is None:
                router = routers[one.source_id] = Router(mapping, one.source_id or inbox.pk)
            return router.decide(Key(one.account, one.sender, one.client or None)).customer

        waiting = _waiting(inbox, in_full=True)
        return _assign(inbox, _("By the mapping"), waiting, decide, person=person, now=now)


def take_back(inbox: Tenant, assignment_id: UUID, *, now: datetime) -> TakenBack:
    """Let what an assignment moved wait in the inbox again. Opens the scope of the provider's tenants itself.

    Raises Assignment.DoesNotExist, and ValueError where it was taken back before.
    """
    with tenant_scope(shared_scope(inbox)):
        lock_inbox(inbox)
        assignment = Assignment.objects.get(pk=assignment_id, tenant=inbox)
        if assignment.undone_at is not None:
            raise ValueError(_("This assignment was taken back before."))
        shares = LogImport.objects.filter(assignment=assignment.pk).exclude(status=ImportStatus.UNDONE)
        customers = lock_customers({share.tenant_id for share in shares})
        earliest = taken_span(inbox, now=now).earliest
        rows = [
            {"giver": share.tenant_id, "receiver": inbox.pk, "share": share.pk, "earliest": earliest}
            for share in shares
        ]
        chosen = Chosen(
            "json_to_recordset(%(shares)s) AS chosen (giver uuid, receiver uuid, share uuid, earliest timestamptz)",
            "raw.log_import_id = chosen.share",
            {"shares": as_json(rows)},
        )
        moved = move(chosen, inbox=inbox, givers=customers, receivers=[inbox], assignment=None, now=now)
        shares.filter(submissions_stored=0, failures_stored=0).update(status=ImportStatus.UNDONE)
        assignment.undone_at = now
        assignment.save(update_fields=["undone_at"])
        returned = moved.events[inbox.pk]
        return TakenBack(returned, assignment.events - returned)


def _as_compared(subject: Subject, *, strictly: bool) -> Subject:
    try:
        return Subject(subject.kind, read_value(subject.kind, subject.value))
    except ValidationError:
        if strictly:
            raise
    is_domain = subject.kind == RuleKind.DOMAIN
    value = domain_of(f"anybody@{subject.value}") if is_domain else compared(subject.value)
    return Subject(subject.kind, value)


def _is_of(subject: Subject, one: _Waiting) -> bool:
    account = compared(one.account)
    if subject.kind == RuleKind.DOMAIN:
        return (domain_of(account) or domain_of(compared(one.sender))) == subject.value
    if subject.kind == RuleKind.PREFIX:
        return account.startswith(subject.value)
    return subject.kind == RuleKind.ACCOUNT and account == subject.value


def _waiting(inbox: Tenant, *, in_full: bool = False) -> list[_Waiting]:
    """Return the accounts and senders that wait; `in_full` with client and server, as rules may ask. Two queries."""
    more = "coalesce(host(raw.client_ip), ''), raw.source_id" if in_full else "'', NULL::uuid"
    found: set[_Waiting] = set()
    with connection.cursor() as cursor:
        for rollup in ROLLUPS:
            cursor.execute(
                f"SELECT DISTINCT raw.account, {Moving(rollup).sender}, {more} FROM {rollup.raw_table} AS raw"
                " WHERE raw.tenant_id = %s",
                [inbox.pk],
            )
            found.update(_Waiting(*row) for row in cursor.fetchall())
    return sorted(found, key=lambda one: (one.account, one.sender, one.client, str(one.source_id)))


def _assign(
    inbox: Tenant,
    words: str,
    waiting: Iterable[_Waiting],
    decide: Callable[[_Waiting], UUID | None],
    *,
    person: User | None,
    now: datetime,
) -> Assigned:
    decided = [(one, customer) for one in waiting if (customer := decide(one)) is not None]
    if not decided:
        return Assigned(None, 0, 0)
    receivers = share_tenants(customer for _one, customer in decided)
    earliest = {tenant.pk: taken_span(tenant, now=now).earliest for tenant in receivers}
    assignment = Assignment(pk=uuid7(), tenant=inbox, subject=words[:400], created_at=now, created_by=person)
    moved = move(
        _chosen(inbox, decided, earliest),
        inbox=inbox,
        givers=[inbox],
        receivers=receivers,
        assignment=assignment.pk,
        now=now,
    )
    if not moved.events:
        return Assigned(None, 0, moved.too_old)
    assignment.events = moved.events.total()
    assignment.moved = {str(tenant): events for tenant, events in sorted(moved.events.items())}
    assignment.save(force_insert=True)
    return Assigned(assignment, assignment.events, moved.too_old)


def _chosen(
    inbox: Tenant, decided: Iterable[tuple[_Waiting, UUID]], earliest: dict[UUID, datetime]
) -> Chosen:
    rows = [
        {"giver": inbox.pk, "receiver": customer, "earliest": earliest[customer], **asdict(one)}
        for one, customer in decided
    ]
    return Chosen(
        "json_to_recordset(%(waiting)s) AS chosen (giver uuid, receiver uuid, earliest timestamptz,"
        " account text, sender text, client text, source_id uuid)",
        "raw.account = chosen.account AND {sender} = chosen.sender AND (chosen.source_id IS NULL OR"
        " (raw.source_id = chosen.source_id AND coalesce(host(raw.client_ip), '') = chosen.client))",
        {"waiting": as_json(rows)},
    )
