"""What waits is given to customers and taken back: nothing lost, nothing twice, every day counted right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from insights.ingest.shared.assign import Subject, assign, assign_mapped, take_back
from insights.ingest.shared.mapping import change_rule, make_rule, remove_rule
from insights.ingest.undo import undo_import
from insights.models import Assignment, LogImport, NameShown, SharedRule, Source, Submission
from tenants.models import SenderDomain, Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, events_of, imported, kept
from tests.insights.ingest.shared.servers import accept, assert_shared, mixed_log, shared_server, shares_of

AT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
NOBODY = Subject("domain", "nobody.example")
SCANNER = Subject("account", "scanner")


@pytest.fixture
def inbox(cast: Cast, tmp_path: Path) -> Tenant:
    """North's inbox, in which three events each of nobody.example and of the account scanner wait."""
    inbox = shared_server(cast).tenant
    imported(inbox, tmp_path, mixed_log(AT), source="hub", year=2026)
    assert events_of(inbox) == 6
    return inbox


def held(cast: Cast, inbox: Tenant) -> tuple[int, int, int]:
    return events_of(inbox), events_of(cast.acme), events_of(cast.globex)


def test_domain_is_assigned_with_all_that_counts_it(cast: Cast, inbox: Tenant) -> None:
    done = assign(inbox, NOBODY, cast.acme, person=cast.alice, now=NOW)
    assert (done.events, done.too_old, held(cast, inbox)) == (3, 0, (3, 6, 3))
    assert_shared(cast, inbox, events=12)
    with tenant_scope([cast.acme.pk]):
        mirror = Source.objects.get()
        assert set(Submission.objects.values_list("source_id", flat=True)) == {mirror.pk}
        assert set(NameShown.objects.values_list("name", flat=True)) == {
            "anna@acme.example", "zed@nobody.example"
        }  # fmt: skip
        assert set(SenderDomain.objects.values_list("domain", "is_accepted")) == {
            ("acme.example", True), ("nobody.example", False)
        }  # fmt: skip
    with tenant_scope([inbox.pk]):
        row = Assignment.objects.get()
        assert (row.subject, row.events, row.moved, row.created_by, row.undone_at) == (
            "nobody.example", 3, {str(cast.acme.pk): 3}, cast.alice, None
        )  # fmt: skip


def test_customer_without_the_server_gets_a_mirror(cast: Cast, inbox: Tenant) -> None:
    with tenant_scope([cast.globex.pk]):
        Source.objects.all().delete()
        LogImport.objects.all().delete()
    assign(inbox, SCANNER, cast.globex, person=None, now=NOW)
    with tenant_scope([cast.globex.pk, inbox.pk]):
        mirror = Source.objects.get(tenant=cast.globex)
        server = Source.objects.get(tenant=inbox)
    assert (mirror.name, mirror.shared_from, mirror.last_line_at) == ("hub", server.pk, server.last_line_at)


def test_assigning_again_finds_nothing_and_notes_nothing(cast: Cast, inbox: Tenant) -> None:
    assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    again = assign(inbox, NOBODY, cast.globex, person=None, now=NOW)
    assert (again.assignment, again.events, held(cast, inbox)) == (None, 0, (3, 6, 3))
    with tenant_scope([inbox.pk]):
        assert Assignment.objects.count() == 1


def test_taking_back_restores_every_row_and_day(cast: Cast, inbox: Tenant) -> None:
    before = [kept(tenant) for tenant in (inbox, cast.acme, cast.globex)]
    done = assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    assert done.assignment is not None
    back = take_back(inbox, done.assignment.pk, now=NOW)
    assert (back.returned, back.stay) == (3, 0)
    assert [kept(tenant) for tenant in (inbox, cast.acme, cast.globex)] == before
    assert_shared(cast, inbox, events=12)
    with pytest.raises(ValueError, match="taken back before"):
        take_back(inbox, done.assignment.pk, now=NOW)
    with tenant_scope([cast.acme.pk]):
        shares = LogImport.objects.filter(assignment=done.assignment.pk)
        assert [(share.status, share.submissions_stored, share.lines_event) for share in shares] == [
            ("undone", 0, 0)
        ]


def test_assigned_to_another_after_taking_back(cast: Cast, inbox: Tenant) -> None:
    wrong = assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    assert wrong.assignment is not None
    take_back(inbox, wrong.assignment.pk, now=NOW)
    assign(inbox, NOBODY, cast.globex, person=None, now=NOW)
    assert held(cast, inbox) == (3, 3, 6)
    assert_shared(cast, inbox, events=12)


def test_reading_the_log_again_knows_what_was_assigned(cast: Cast, inbox: Tenant, tmp_path: Path) -> None:
    assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    again = imported(inbox, tmp_path, mixed_log(AT), source="hub", year=2026)
    assert (again.accounting()["stored"], again.accounting()["duplicate"]) == (0, 12)
    assert_shared(cast, inbox, events=12)


def test_undoing_the_import_takes_the_assigned_too_and_leaves_nothing_to_take_back(
    cast: Cast, inbox: Tenant
) -> None:
    done = assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    with tenant_scope([inbox.pk]):
        undo_import(LogImport.objects.get(shared_import=None), now=NOW)
    assert held(cast, inbox) == (0, 0, 0)
    assert done.assignment is not None
    back = take_back(inbox, done.assignment.pk, now=NOW)
    assert (back.returned, back.stay) == (0, 3)
    assert_shared(cast, inbox, events=0)


def test_share_counts_move_with_the_events(cast: Cast, inbox: Tenant) -> None:
    assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    with tenant_scope([inbox.pk]):
        log_import = LogImport.objects.get(shared_import=None)
    with tenant_scope([inbox.pk, cast.acme.pk, cast.globex.pk]):
        shares = LogImport.objects.filter(shared_import=log_import.pk)
        counted = sorted(
            (share.tenant.slug, share.lines_event, share.submissions_stored, share.failures_stored)
            for share in shares.select_related("tenant")
        )
    assert counted == [("acme", 3, 2, 1), ("acme", 3, 2, 1), ("globex", 3, 2, 1), ("inbox-north", 3, 2, 1)]
    assert sum(one[1] for one in counted) == log_import.accounting()["stored"]
    assert shares_of(log_import, cast)["inbox-north"] == 3


def test_domain_is_the_senders_where_the_account_has_none(cast: Cast, inbox: Tenant, tmp_path: Path) -> None:
    data = mixed_log(AT + timedelta(days=1), ["printer"], first=90).replace(
        b"from=<printer", b"from=<PRINTER@shop.example"
    )
    imported(inbox, tmp_path, data, source="hub", year=2026)
    with tenant_scope([inbox.pk]):
        senders = set(Submission.objects.filter(account="printer").values_list("sender_domain", flat=True))
    assert senders == {"shop.example"}
    done = assign(inbox, Subject("domain", "Shop.Example"), cast.acme, person=None, now=NOW)
    assert done.events == 2  # the refused login tells no sender: it waits for its account
    assert assign(inbox, Subject("account", "Printer"), cast.acme, person=None, now=NOW).events == 1
    assert_shared(cast, inbox, events=15)


@pytest.mark.parametrize(
    ("account", "subject"),
    [
        ("o@-odd_.example-", Subject("domain", "-odd_.example-")),
        ("o@a..b", Subject("domain", "A..B")),
        ("o@" + 30 * "long.", Subject("domain", 30 * "long.")),
        ("\u202eevil@x.example", Subject("account", "\u202eEVIL@x.example")),
    ],
)
def test_what_no_rule_can_name_is_assigned_all_the_same(
    cast: Cast, inbox: Tenant, tmp_path: Path, account: str, subject: Subject
) -> None:
    data = mixed_log(AT + timedelta(days=1), [account], each=1, first=90)
    imported(inbox, tmp_path, data, source="hub", year=2026)
    assert assign(inbox, subject, cast.acme, person=None, now=NOW).events == 2
    assert_shared(cast, inbox, events=14)


def test_what_the_customer_keeps_no_more_waits_on(cast: Cast, inbox: Tenant, tmp_path: Path) -> None:
    old = NOW - timedelta(days=20)
    imported(inbox, tmp_path, mixed_log(old, ["zed@nobody.example"], first=70), source="hub", year=2026)
    Tenant.objects.filter(pk=cast.acme.pk).update(retention_days=7)
    done = assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    assert (done.events, done.too_old, held(cast, inbox)) == (3, 3, (6, 6, 3))
    assert_shared(cast, inbox, events=15)


def test_what_the_inbox_keeps_no_more_stays_at_the_customer(
    cast: Cast, inbox: Tenant, tmp_path: Path
) -> None:
    old = NOW - timedelta(days=20)
    imported(inbox, tmp_path, mixed_log(old, ["zed@nobody.example"], first=70), source="hub", year=2026)
    done = assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    Tenant.objects.filter(pk=inbox.pk).update(retention_days=7)
    assert done.assignment is not None
    back = take_back(inbox, done.assignment.pk, now=NOW)
    assert (back.returned, back.stay, held(cast, inbox)) == (3, 3, (6, 6, 3))
    assert_shared(cast, inbox, events=15)


def test_mapping_made_later_gives_what_waits(cast: Cast, inbox: Tenant) -> None:
    assert assign_mapped(inbox, person=None, now=NOW).assignment is None
    accept(cast.acme, "nobody.example")
    with tenant_scope([inbox.pk]):
        make_rule(inbox, kind="account", value="scanner", customer=cast.globex, source=None, person=None)
    done = assign_mapped(inbox, person=cast.alice, now=NOW)
    assert (done.events, held(cast, inbox)) == (6, (0, 6, 6))
    assert done.assignment is not None
    assert done.assignment.moved == {str(cast.acme.pk): 3, str(cast.globex.pk): 3}
    assert take_back(inbox, done.assignment.pk, now=NOW).returned == 6
    assert_shared(cast, inbox, events=12)


def test_rule_of_a_network_and_of_one_server_gives_what_waits(cast: Cast, inbox: Tenant) -> None:
    with tenant_scope([inbox.pk]):
        server = Source.objects.get()
        address = str(Submission.objects.filter(account="scanner").values_list("client_ip", flat=True)[0])
        make_rule(inbox, kind="network", value=address, customer=cast.acme, source=server, person=None)
    done = assign_mapped(inbox, person=None, now=NOW)
    assert done.events == events_of(cast.acme) - 3 > 0
    assert_shared(cast, inbox, events=12)


def test_rule_made_along_decides_what_comes_later(cast: Cast, inbox: Tenant, tmp_path: Path) -> None:
    assign(inbox, NOBODY, cast.acme, person=cast.alice, now=NOW, with_rule=True)
    imported(
        inbox,
        tmp_path,
        mixed_log(AT + timedelta(days=1), ["x@nobody.example"], first=60),
        source="hub",
        year=2026,
    )
    assert held(cast, inbox) == (3, 9, 3)
    assert_shared(cast, inbox, events=15)


def test_nothing_is_assigned_to_strangers(cast: Cast, inbox: Tenant) -> None:
    for stranger in (cast.initech, inbox):
        with pytest.raises(ValidationError, match="Only customers of this provider"):
            assign(inbox, NOBODY, stranger, person=None, now=NOW, with_rule=True)
    with pytest.raises(ValidationError, match="Write a domain"):
        assign(inbox, Subject("domain", "no domain"), cast.acme, person=None, now=NOW, with_rule=True)
    with pytest.raises(Assignment.DoesNotExist):
        take_back(inbox, uuid4(), now=NOW)
    assert held(cast, inbox) == (6, 3, 3)
    with tenant_scope([inbox.pk]):
        assert not SharedRule.objects.exists()


def test_rule_is_changed_and_removed(cast: Cast, inbox: Tenant) -> None:
    with tenant_scope([inbox.pk]):
        first = make_rule(
            inbox, kind="domain", value="a.example", customer=cast.acme, source=None, person=None
        )
        other = make_rule(
            inbox, kind="domain", value="b.example", customer=cast.acme, source=None, person=None
        )
        change_rule(first, kind="prefix", value="A-", customer=cast.globex, source=None, person=cast.alice)
        first.refresh_from_db()
        assert (first.kind, first.value, first.customer, first.created_by) == (
            "prefix", "a-", cast.globex, cast.alice
        )  # fmt: skip
        with pytest.raises(ValidationError, match="a rule of this kind"):
            change_rule(other, kind="prefix", value="a-", customer=cast.acme, source=None, person=None)
        with pytest.raises(ValidationError, match="Only customers"):
            change_rule(first, kind="prefix", value="a-", customer=cast.initech, source=None, person=None)
        assert (remove_rule(inbox, first.pk), remove_rule(inbox, first.pk)) == (True, False)
        assert list(SharedRule.objects.values_list("value", flat=True)) == ["b.example"]
