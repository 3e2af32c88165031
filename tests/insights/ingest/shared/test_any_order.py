"""Hypothesis: whatever is read, mapped, assigned, taken back and undone in any order, each event lies at one tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.ingest.own_domains import decide_domain
from insights.ingest.shared.assign import Subject, assign, assign_mapped, take_back
from insights.ingest.shared.mapping import make_rule, remove_rule
from insights.ingest.undo import undo_import
from insights.models import Assignment, LogImport, SharedRule
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, imported
from tests.insights.ingest.shared.servers import ACCOUNTS, assert_shared, mixed_log, shared_server

AT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
PIECES = 3
SUBJECTS = [
    Subject("domain", "nobody.example"),
    Subject("domain", "acme.example"),
    Subject("account", "scanner"),
    Subject("account", "gus@globex.example"),
]
CUSTOMERS = st.sampled_from(["acme", "globex"])
STEPS = st.one_of(
    st.tuples(st.just("read"), st.lists(st.integers(0, PIECES - 1), min_size=1, max_size=2, unique=True)),
    st.tuples(st.just("rule"), st.sampled_from(SUBJECTS), CUSTOMERS),
    st.tuples(st.just("unrule")),
    st.tuples(
        st.just("accept"), st.sampled_from(["nobody.example", "acme.example"]), CUSTOMERS, st.booleans()
    ),
    st.tuples(st.just("assign"), st.sampled_from(SUBJECTS), CUSTOMERS, st.booleans()),
    st.tuples(st.just("mapped")),
    st.tuples(st.just("back"), st.integers(0, 3)),
    st.tuples(st.just("undo"), st.integers(0, 3)),
)


class Play:
    """A shared server to which steps happen, and what should be kept by now: each event with its import."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast, self.folder = cast, folder
        self.inbox: Tenant = shared_server(cast).tenant
        self.kept: dict[tuple[int, int], LogImport] = {}
        self.imports: list[LogImport] = []

    def read(self, pieces: list[int]) -> None:
        data = b"".join(
            mixed_log(AT + piece * timedelta(hours=7), each=1, first=10 * piece) for piece in sorted(pieces)
        )
        came = imported(self.inbox, self.folder, data, source="hub", year=2026)
        events = {(piece, number) for piece in pieces for number in range(2 * len(ACCOUNTS))}
        fresh = events - set(self.kept)
        assert (came.accounting()["stored"], came.accounting()["duplicate"]) == (
            len(fresh), len(events) - len(fresh)
        )  # fmt: skip
        self.kept |= dict.fromkeys(fresh, came)
        self.imports.append(came)

    def rule(self, subject: Subject, customer: str) -> None:
        with tenant_scope([self.inbox.pk]):
            make_rule(
                self.inbox, kind=subject.kind, value=subject.value, customer=getattr(self.cast, customer),
                source=None, person=None,
            )  # fmt: skip

    def unrule(self) -> None:
        with tenant_scope([self.inbox.pk]):
            for rule in SharedRule.objects.all()[:1]:
                assert remove_rule(self.inbox, rule.pk)

    def accept(self, domain: str, customer: str, is_accepted: bool) -> None:
        tenant = getattr(self.cast, customer)
        with tenant_scope([tenant.pk]):
            decide_domain(tenant, domain, is_accepted=is_accepted)

    def assign(self, subject: Subject, customer: str, with_rule: bool) -> None:
        assign(self.inbox, subject, getattr(self.cast, customer), person=None, now=NOW, with_rule=with_rule)

    def mapped(self) -> None:
        assign_mapped(self.inbox, person=None, now=NOW)
        assert assign_mapped(self.inbox, person=None, now=NOW).assignment is None

    def back(self, number: int) -> None:
        with tenant_scope([self.inbox.pk]):
            made = list(Assignment.objects.filter(undone_at=None).order_by("pk"))
        if made:
            one = made[number % len(made)]
            done = take_back(self.inbox, one.pk, now=NOW)
            assert done.returned + done.stay == one.events

    def undo(self, number: int) -> None:
        if not self.imports:
            return
        gone = self.imports.pop(number % len(self.imports))
        with tenant_scope([self.inbox.pk]):
            undone = undo_import(LogImport.objects.get(pk=gone.pk), now=NOW)
        held = {event for event, by in self.kept.items() if by == gone}
        assert undone.removed == len(held)
        self.kept = {event: by for event, by in self.kept.items() if event not in held}


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=3, max_size=9))
def test_any_order_of_steps_keeps_each_event_once(
    cast: Cast, tmp_path: Path, steps: list[tuple[Any, ...]]
) -> None:
    with transaction.atomic():
        play = Play(cast, tmp_path)
        for name, *arguments in steps:
            getattr(play, name)(*arguments)
            assert_shared(cast, play.inbox, events=len(play.kept))
        call_command("recount")  # leaves with 1 where a day differs
        transaction.set_rollback(True)
