"""The tenant scope refuses in doubt, and the database holds where Python was bypassed."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from insights.models import Source, Submission, SubmissionDay
from tenants.scope import NoTenantScope, current_tenant_id, tenant_scope
from tests.cast import Cast
from tests.factories import make_source, submit

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def twice(make: Callable[..., object], **values: object) -> None:
    make(**values)
    make(**values)


def test_manager_without_scope_refuses(cast: Cast) -> None:
    for question in (
        Source.objects.exists,
        Source.objects.count,
        lambda: list(Source.objects.exclude(name="x")),
        lambda: Source.objects.create(tenant=cast.acme, name="x", time_zone="UTC"),
    ):
        with pytest.raises(NoTenantScope):
            question()


def test_rows_of_another_tenant_do_not_exist_in_scope(cast: Cast) -> None:
    submit(cast.acme, at=AT)
    submit(cast.initech, at=AT, count=2)
    with tenant_scope([cast.acme.pk]):
        assert [row.messages for row in SubmissionDay.objects.all()] == [1]
    with tenant_scope([cast.acme.pk, cast.initech.pk]):
        assert sorted(row.messages for row in SubmissionDay.objects.all()) == [1, 2]
    with tenant_scope([]):
        assert not SubmissionDay.objects.exists()


def test_row_security_holds_for_raw_sql(cast: Cast) -> None:
    submit(cast.acme, at=AT)
    submit(cast.initech, at=AT, count=2)
    with tenant_scope([cast.acme.pk]), connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM insights_submission")
        assert cursor.fetchall() == [(cast.acme.pk,)]


def test_row_security_without_scope_gives_nothing(cast: Cast) -> None:
    submit(cast.acme, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM insights_submission")
        assert cursor.fetchone() == (0,)


def test_base_manager_is_stopped_by_the_database(cast: Cast) -> None:
    submit(cast.initech, at=AT)
    with tenant_scope([cast.acme.pk]):
        assert Submission._base_manager.count() == 0


def test_writing_another_tenants_row_is_refused(cast: Cast) -> None:
    with tenant_scope([cast.acme.pk]):
        with pytest.raises(NoTenantScope):
            Source(tenant=cast.initech, name="x", time_zone="UTC").save()
        with pytest.raises(NoTenantScope):
            Source.objects.bulk_create([Source(tenant=cast.initech, name="x", time_zone="UTC")])


def test_inserting_another_tenants_row_is_refused_by_the_database(cast: Cast) -> None:
    statement = (
        "INSERT INTO tenants_senderdomain (id, tenant_id, domain, is_accepted)"
        " VALUES (gen_random_uuid(), %s, 'x.example', true)"
    )
    with (
        tenant_scope([cast.acme.pk]),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        cursor.execute(statement, [cast.initech.pk])


def test_partition_queried_directly_is_refused(cast: Cast) -> None:
    submit(cast.acme, at=AT)
    with (
        tenant_scope([cast.acme.pk]),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        cursor.execute("SELECT count(*) FROM insights_submission_2026w47")


def test_inner_scope_ends_with_its_block(cast: Cast) -> None:
    make_source(cast.acme)
    with tenant_scope([cast.acme.pk]):
        with tenant_scope([cast.initech.pk]):
            assert not Source.objects.exists()
            assert current_tenant_id() == cast.initech.pk
        assert Source.objects.count() == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.tenants')")
            assert cursor.fetchone() == (str(cast.acme.pk),)


def test_inner_scope_that_fails_gives_back_the_outer(cast: Cast) -> None:
    make_source(cast.acme)
    with tenant_scope([cast.acme.pk]):
        with pytest.raises(IntegrityError), tenant_scope([cast.initech.pk]):
            twice(Source.objects.create, tenant=cast.initech, name="x", time_zone="UTC")
        assert Source.objects.count() == 1


def test_one_tenant_is_asked_of_a_scope_with_two_refuses(cast: Cast) -> None:
    with tenant_scope([cast.acme.pk, cast.globex.pk]), pytest.raises(NoTenantScope):
        current_tenant_id()
