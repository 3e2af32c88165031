"""A stage on which every tenant has every kind of row, each with words and addresses of its own: canaries."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from insights.enums import TlsVersion
from insights.models import (
    Assignment,
    FollowedFile,
    GraphConnection,
    GraphTraceDay,
    IngestAnswer,
    LogImport,
    RollupCheck,
    RuleKind,
    SharedRule,
    Source,
)
from reports.deliver import deliver
from reports.links import SharedReport, shared_url
from reports.models import RequestStatus
from reports.web.mailbox import newest_mails
from tenants.api_keys import make_key
from tenants.models import EventType, SenderDomain, Tenant, User
from tenants.roles import Role, Scope
from tenants.scope import tenant_scope
from tenants.webhooks import announce
from tenants.webhooks.manage import make_webhook
from tenants.webhooks.post import Answer
from tenants.webhooks.send import settle
from tests.cast import Cast, make_cast
from tests.factories import fail_login, join, make_source, make_user, submit
from tests.insights.web.import_rows import COUNTED, make_import, make_overlap, make_samples
from tests.insights.web.syslog_rows import make_drop, make_sender
from tests.insights.web.week import NOW, days_ago
from tests.reports.orders import again, order

ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class Canary:
    """What only one tenant's rows hold: a word, a client address, and how many messages and failed logins."""

    word: str
    client_ip: str
    tls: TlsVersion
    messages: int
    failures: int

    @property
    def address(self) -> str:
        """The one account, and the one sender address."""
        return f"{self.word.title()}@{self.word}.example"

    def is_in(self, text: str) -> bool:
        """Tell whether any of it stands in `text`."""
        return self.word in text.lower() or self.client_ip in text


CANARIES = {
    "acme": Canary("wolverine", "198.51.100.11", TlsVersion.TLS1_0, 3, 2),
    "globex": Canary("kingfisher", "203.0.113.122", TlsVersion.SSL3, 5, 4),
    "initech": Canary("salamander", "192.0.2.233", TlsVersion.TLS1_1, 7, 6),
}

ROLES: dict[str, dict[str, Role]] = {
    ANONYMOUS: {},
    "alice": {"acme": Role.OWNER, "globex": Role.OWNER},
    "bob": {"acme": Role.TECHNICIAN, "globex": Role.TECHNICIAN},
    "carol": {"acme": Role.READER, "globex": Role.READER},
    "dora": {"globex": Role.READER},
    "eve": {},
    "mallory": {"initech": Role.OWNER},
    "nick": {},  # a technician of north who sees only the tenants he is a member of, and he is of none
    "frank": {},  # north's owner until his account was closed
    "staff": {},  # one of the operator's staff, without a membership
    "root": {},  # the operator
}
"""Who has which role where, written down once more: what the matrix expects is not read from the database."""


@dataclass(slots=True)
class World:
    """The cast with its tenants full of canaries; `kwargs` are the arguments of a tenant's own addresses."""

    cast: Cast
    people: dict[str, User]
    kwargs: dict[str, dict[str, Any]] = field(default_factory=dict)
    _clients: dict[str, Client] = field(default_factory=dict)
    _sessions: dict[str, str] = field(default_factory=dict)

    def tenant(self, slug: str) -> Tenant:
        """Return the tenant of that name."""
        tenant: Tenant = getattr(self.cast, slug)
        return tenant

    def client(self, name: str) -> Client:
        """Return that person's client with the session and no other cookies.

        Each person keeps one, because a new client loads all the middleware again.
        """
        if name not in self._clients:
            self._clients[name] = client = Client()
            if name != ANONYMOUS:
                client.force_login(self.people[name], backend="django.contrib.auth.backends.ModelBackend")
                self._sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
        client = self._clients[name]
        client.cookies.clear()
        if name in self._sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self._sessions[name]
        return client


def make_world(outbox: Path) -> World:
    """Put everything on the stage. Mails must go to the folder `outbox`."""
    cast = make_cast()
    people = {name: getattr(cast, name) for name in ("alice", "bob", "carol", "dora", "eve", "mallory")}
    people |= {name: make_user(name) for name in ("nick", "frank", "staff", "root")}
    join(people["nick"], cast.north, Role.TECHNICIAN, sees_all=False)
    join(people["frank"], cast.north, Role.OWNER)
    world = World(cast, people)
    for slug, asker in (("acme", cast.alice), ("globex", cast.alice), ("initech", cast.mallory)):
        world.kwargs[slug] = _fill(world.tenant(slug), CANARIES[slug], asker, outbox)
    for name in people:
        world.client(name)
    User.objects.filter(email=people["frank"].email).update(is_active=False)
    User.objects.filter(email=people["staff"].email).update(is_staff=True)
    User.objects.filter(email=people["root"].email).update(is_staff=True, is_superuser=True)
    return world


def _fill(tenant: Tenant, canary: Canary, asker: User, outbox: Path) -> dict[str, Any]:
    """Give the tenant a row of every kind; return the arguments of its addresses."""
    word, source, mechanism = canary.word, f"{canary.word}-mx", f"X-{canary.word.upper()}"
    spoken: dict[str, Any] = {"client_ip": canary.client_ip, "mechanism": mechanism, "source": source}
    submit(tenant, at=days_ago(1), account=canary.address, tls=canary.tls, count=canary.messages, **spoken)
    fail_login(tenant, at=days_ago(1), account=f"{word}-refused", count=canary.failures, **spoken)
    with tenant_scope([tenant.pk]):
        SenderDomain.objects.update_or_create(
            tenant=tenant, domain=f"{word}.example", defaults={"is_accepted": True}
        )
        RollupCheck.objects.create(
            tenant=tenant, day=days_ago(1).date(), checked_at=NOW, differences=[{"account": word}]
        )
        IngestAnswer.objects.create(
            tenant=tenant, caller=word, key=f"{word}-key", digest=bytes(32), answer={"source": source}
        )
    earlier = make_import(tenant, file_name=f"{word}-earlier.log", source=source, **COUNTED)
    log_import = make_import(
        tenant,
        file_name=f"{word}.log",
        source=source,
        message=f"{word} was read",
        created_by=asker,
        **COUNTED,
    )
    make_overlap(log_import, earlier, 12)
    make_overlap(earlier, log_import, 3)
    make_samples(log_import, f"{word} is no stamp")
    _connect(tenant, canary, log_import.source_id)
    _share(tenant, canary, log_import.source_id)
    make_drop(make_source(tenant, source), last_from=canary.client_ip)
    return {
        "slug": tenant.slug,
        "source_id": log_import.source_id,
        "sender_id": make_sender(make_source(tenant, source), f"mx.{word}.example").pk,
        "key_id": make_key(name=f"{word} key", scopes=[Scope.READ], tenant=tenant, created_by=asker)[0].pk,
        "import_id": log_import.pk,
        **_tables(tenant, canary),
        "kind": "senders",
        "suffix": "csv",
        **_told(tenant, canary, asker),
        **_reported(tenant, canary, asker, outbox),
    }


def _tables(tenant: Tenant, canary: Canary) -> dict[str, Any]:
    """Give the tenant a source whose columns are known, and an upload that waits for them."""
    word = canary.word
    known, unknown = make_source(tenant, f"{word}-known"), make_source(tenant, f"{word}-table")
    with tenant_scope([tenant.pk]):
        Source.objects.filter(pk__in=[known.pk, unknown.pk]).update(format="csv")
        mapping = {"columns": {"time": f"{word} at", "account": "user"}, "time_format": "iso"}
        Source.objects.filter(pk=known.pk).update(mapping=mapping)
        held = LogImport.objects.create(tenant=tenant, source=unknown, file_name=f"{word}.csv")
        table = f"{word} at;User\n2026-11-16 10:00:00;{canary.address}\n"
        held.stored_file = default_storage.save(f"imports/{tenant.pk}/{held.pk}", ContentFile(table.encode()))
        held.save()
    return {"table_id": known.pk, "held_id": held.pk}


def _share(tenant: Tenant, canary: Canary, source_id: UUID) -> None:
    """Put what only an inbox has, and a followed log, at the tenant."""
    with tenant_scope([tenant.pk]):
        SharedRule.objects.create(
            tenant=tenant, kind=RuleKind.DOMAIN, value=f"{canary.word}.example", customer=tenant
        )
        Assignment.objects.create(tenant=tenant, subject=canary.word, events=1, created_at=NOW)
        FollowedFile.objects.create(
            tenant=tenant, source_id=source_id, path=f"/var/log/{canary.word}.log", saved_at=NOW
        )


def _connect(tenant: Tenant, canary: Canary, source_id: UUID) -> None:
    """Connect the tenant with a directory that nobody can ask, because its secret is sealed with no key."""
    with tenant_scope([tenant.pk]):
        GraphConnection.objects.create(
            tenant=tenant,
            source_id=source_id,
            directory_id=uuid5(NAMESPACE_DNS, canary.word),
            client_id=uuid5(NAMESPACE_DNS, canary.word),
            last_error=f"{canary.word} is not known",
            failures=1,
            reads_trace=True,
        )
        GraphTraceDay.objects.create(
            tenant=tenant,
            source_id=source_id,
            day=days_ago(2).date(),
            account=canary.address,
            messages=canary.messages,
            asked_at=NOW,
        )


def _told(tenant: Tenant, canary: Canary, asker: User) -> dict[str, Any]:
    """Have a webhook told of something; return the arguments of its addresses."""
    url = f"https://{canary.word}.example/hook"
    webhook, _secret = make_webhook(
        name=f"{canary.word} hook", url=url, events=EventType.values, tenant=tenant, created_by=asker
    )
    with tenant_scope([tenant.pk]):
        announce(tenant, EventType.IMPORT_FINISHED, lambda: {"file_name": f"{canary.word}.log"}, now=NOW)
    delivery = webhook.deliveries.get()
    settle(delivery, Answer(200, "", 9, canary.client_ip, f"{canary.word} heard it"), now=NOW)
    return {"webhook_id": webhook.pk, "delivery_id": delivery.pk}


def _reported(tenant: Tenant, canary: Canary, asker: User, outbox: Path) -> dict[str, Any]:
    """Have a report built and mailed; return the arguments of its addresses."""
    address = canary.address
    request = order(
        tenant=tenant,
        name=f"{canary.word} week",
        note=f"for {canary.word}",
        asked_by=asker,
        addresses=[address],
    )
    deliver(tenant_id=tenant.pk, request_id=request.pk, now=NOW)
    assert again(request).status == RequestStatus.SENT, again(request).reason
    mail = next(mail for mail in newest_mails(outbox) if address in str(mail.message["To"]))
    return {
        "request_id": request.pk,
        "file_name": "details.csv",
        "mail": {"file_name": mail.file_name, "number": mail.number, "part": 0},
        "token": token_of(tenant.pk, request.pk),
    }


def token_of(tenant_id: UUID, request_id: UUID) -> str:
    """Return the signed part of a link to a report's files."""
    return urlsplit(shared_url(SharedReport(tenant_id, request_id), "x")).path.split("/")[2]
