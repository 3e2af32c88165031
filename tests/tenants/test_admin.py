"""The administration: staff only, every model, each page within the person's scope, nothing edited by accident."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.contrib.admin import autodiscover, site
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from insights.models import Submission
from tenants.models import Membership, Tenant, User
from tenants.roles import Role
from tenants.scope import TenantOwned
from tests.cast import Cast
from tests.factories import PASSWORD, join, submit
from tests.tenants.stage import AT, fill

ClientOf = Callable[[User], Client]
CANARY = "canary"
autodiscover()
OURS = [model for model in site._registry if model._meta.app_label in {"tenants", "insights", "reports"}]
OWNED = [model for model in OURS if issubclass(model, TenantOwned)]
EDITABLE = {"sender domain"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def stage(cast: Cast) -> Cast:
    """Everything once at acme and globex, and a canary at initech."""
    fill(cast.acme, "own")
    fill(cast.globex, "plain")
    fill(cast.initech, CANARY)
    return cast


@pytest.fixture
def operator(stage: Cast, client_of: ClientOf) -> Client:
    return client_of(User.objects.create_superuser("root@example.com", PASSWORD))


@pytest.fixture
def staff(stage: Cast, client_of: ClientOf) -> Client:
    """Dora of globex, one of the operator's staff with every permission of Django's, yet no superuser."""
    stage.dora.is_staff = True
    stage.dora.save()
    stage.dora.user_permissions.set(Permission.objects.all())
    return client_of(stage.dora)


def changelist(model: type[Model]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def first_link(page: Any) -> str:
    """Return where the first row of a list leads."""
    found = re.search(r'<th class="field-[^"]*"><a href="([^"]+)"', page.content.decode())
    assert found, "the list has no row"
    return unescape(found[1])


def name_of(model: type[Model]) -> str:
    return str(model._meta.model_name)


def test_every_model_of_the_project_is_registered() -> None:
    from django.apps import apps

    # Shown on the page of its request; the place of a parser, which nobody can read.
    within = {"ReportRecipient", "LineFeed"}
    missing = {
        model.__name__
        for label in ("tenants", "insights", "reports")
        for model in apps.get_app_config(label).get_models()
    } - {model.__name__ for model in OURS}
    assert missing == within


def test_administration_is_behind_the_products_login(stage: Cast, client: Client) -> None:
    response = client.get("/admin/insights/submission/", follow=True)
    assert response.redirect_chain == [
        ("/admin/login/?next=/admin/insights/submission/", 302),
        ("/accounts/login/?next=%2Fadmin%2Finsights%2Fsubmission%2F", 302),
    ]


def test_administration_refuses_whoever_is_no_staff(stage: Cast, client_of: ClientOf) -> None:
    for person in (stage.alice, stage.mallory, stage.eve):
        client = client_of(person)
        assert client.get("/admin/", follow=True).status_code == 403
        assert client.get(changelist(Submission), follow=True).status_code == 403


def test_logging_out_of_the_administration_leads_to_the_products_login(operator: Client) -> None:
    response = operator.post("/admin/logout/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert operator.get("/").status_code == 302


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_operator_opens_the_pages_of_every_model(operator: Client, model: type[Model]) -> None:
    page = operator.get(changelist(model))
    assert page.status_code == 200
    assert operator.get(first_link(page)).status_code == 200
    searched = operator.get(changelist(model), {"q": "x"})
    assert searched.status_code == 200
    has_add = site._registry[model].has_add_permission(page.wsgi_request)
    assert operator.get(changelist(model) + "add/").status_code == (200 if has_add else 403)


@pytest.mark.parametrize("model", OWNED, ids=name_of)
def test_operator_sees_every_tenant(operator: Client, stage: Cast, model: type[Model]) -> None:
    for tenant, word in ((stage.globex, "plain"), (stage.initech, CANARY)):
        page = operator.get(changelist(model), {"tenant": str(tenant.pk)})
        assert page.context["cl"].result_count >= 1
        assert {row.tenant_id for row in page.context["cl"].result_list} == {tenant.pk}
        assert operator.get(first_link(page)).status_code == 200
        assert word in page.content.decode() or model._meta.model_name == "rollupcheck"


@pytest.mark.parametrize("model", OWNED, ids=name_of)
def test_staff_see_the_tenants_of_their_memberships_only(
    staff: Client, operator: Client, stage: Cast, model: type[Model]
) -> None:
    theirs = first_link(operator.get(changelist(model), {"tenant": str(stage.initech.pk)}))
    page = staff.get(changelist(model))
    assert {row.tenant_id for row in page.context["cl"].result_list} == {stage.globex.pk}
    assert staff.get(first_link(page)).status_code == 200
    body = page.content.decode().lower()
    assert CANARY not in body
    assert "initech" not in body
    asked = staff.get(changelist(model), {"tenant": str(stage.initech.pk)})
    assert list(asked.context["cl"].result_list) == []
    missing = staff.get(theirs, follow=True)
    assert missing.redirect_chain == [("/admin/", 302)]
    assert CANARY not in missing.content.decode().replace(theirs, "").lower()


def test_staff_without_a_membership_see_no_tenant(stage: Cast, client_of: ClientOf) -> None:
    stage.eve.is_staff = True
    stage.eve.save()
    stage.eve.user_permissions.set(Permission.objects.all())
    client = client_of(stage.eve)
    models: list[type[Model]] = [*OWNED, Tenant]
    for model in models:
        page = client.get(changelist(model))
        assert page.status_code == 200
        assert list(page.context["cl"].result_list) == []


def test_staff_neither_see_nor_change_people_and_roles(staff: Client, stage: Cast) -> None:
    for path in ("user", "membership", "provider"):
        assert staff.get(f"/admin/tenants/{path}/").status_code == 403
        assert staff.get(f"/admin/tenants/{path}/add/").status_code == 403
    page = staff.get("/admin/tenants/tenant/")
    assert [tenant.slug for tenant in page.context["cl"].result_list] == ["globex"]
    assert staff.get("/admin/tenants/tenant/add/").status_code == 403
    assert staff.post(first_link(page), {"name": "Mine"}).status_code == 403
    assert staff.get(f"/admin/tenants/tenant/{stage.initech.pk}/change/").status_code == 302


@pytest.mark.parametrize(
    "model", [model for model in OWNED if model._meta.verbose_name not in EDITABLE], ids=name_of
)
def test_what_the_product_writes_is_for_reading_only(operator: Client, model: type[Model]) -> None:
    page = operator.get(changelist(model))
    link = first_link(page)
    assert operator.post(link, {"account": "changed"}).status_code == 403
    assert operator.post(link.split("?")[0].replace("/change/", "/delete/")).status_code in {302, 403}
    assert operator.post(changelist(model) + "add/", {}).status_code == 403
    assert "action" not in page.context["cl"].list_display
    again = operator.get(changelist(model)).context["cl"].result_count
    assert again == page.context["cl"].result_count


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_lists_take_the_same_queries_for_any_number_of_rows(
    operator: Client, stage: Cast, django_assert_num_queries: Any, model: type[Model]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    operator.get(changelist(model))
    with CaptureQueriesContext(connection) as few:
        operator.get(changelist(model))
    for number in range(3):
        fill(stage.globex, f"more{number}")
        join(stage.eve if number else stage.mallory, stage.acme if number % 2 else stage.globex, Role.READER)
    with django_assert_num_queries(len(few)):
        operator.get(changelist(model))


def test_big_tables_are_never_counted_nor_searched_by_id_alone(operator: Client, stage: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    submit(stage.globex, at=AT, account="bulk", count=1100)
    with CaptureQueriesContext(connection) as captured:
        page = operator.get(changelist(Submission), {"tenant": str(stage.globex.pk)})
    asked = [query["sql"] for query in captured if '"insights_submission"' in query["sql"]]
    assert len(asked) == 2
    assert all("LIMIT" in sql and '"tenant_id" = ' in sql for sql in asked)
    assert page.context["cl"].result_count == 1000
    link = first_link(page)
    assert operator.get(link).status_code == 200
    for wrong in (
        link.split("?")[0],
        link.replace("at=2026", "at=2025"),
        link.split("?")[0] + "?tenant=x&at=y",
    ):
        assert operator.get(wrong).status_code == 302


def test_big_tables_show_the_newest_days_unless_asked_for_more(operator: Client, stage: Cast) -> None:
    submit(stage.globex, at=AT.replace(day=1), account="older")
    here = {"tenant": str(stage.globex.pk)}
    assert operator.get(changelist(Submission), here).context["cl"].result_count == 1
    assert operator.get(changelist(Submission), here | {"days": "31"}).context["cl"].result_count == 2
    assert operator.get(changelist(Submission), here | {"days": "nonsense"}).context["cl"].result_count == 1
    assert operator.get(changelist(Submission), {"tenant": "nonsense"}).status_code == 302


def test_operator_makes_a_person_with_a_role(operator: Client, stage: Cast, client: Client) -> None:
    saved = operator.post(
        "/admin/tenants/user/add/",
        {
            "email": "Frank@Example.com",
            "name": "Frank",
            "usable_password": "true",
            "password1": PASSWORD,
            "password2": PASSWORD,
            "memberships-TOTAL_FORMS": "1",
            "memberships-INITIAL_FORMS": "0",
            "memberships-0-tenant": str(stage.globex.pk),
            "memberships-0-role": "reader",
            "memberships-0-sees_all": "on",
        },
    )
    assert saved.status_code == 302, saved.context["errors"]
    frank = User.objects.get(email="frank@example.com")
    assert [str(row) for row in frank.memberships.all()] == ["frank@example.com · Globex · Reader"]
    assert client.login(username="frank@example.com", password=PASSWORD)
    assert client.get("/")["Location"] == "/t/globex/"


@pytest.mark.parametrize("places", [{}, {"provider": "north", "tenant": "globex"}])
def test_role_at_no_place_or_at_two_is_refused_in_words(
    operator: Client, stage: Cast, places: dict[str, str]
) -> None:
    answers = {name: str(getattr(stage, place).pk) for name, place in places.items()}
    before = Membership.objects.count()
    page = operator.post(
        "/admin/tenants/membership/add/", {"user": str(stage.eve.pk), "role": "owner", **answers}
    )
    assert "A role is either at a provider or at a customer" in page.content.decode()
    assert Membership.objects.count() == before


def test_operator_changes_a_tenant_but_not_its_zone_nor_its_existence(operator: Client, stage: Cast) -> None:
    path = f"/admin/tenants/tenant/{stage.acme.pk}/"
    saved = operator.post(
        f"{path}change/",
        {
            "name": "Acme GmbH",
            "slug": "acme",
            "provider": str(stage.north.pk),
            "time_zone": "Asia/Seoul",
            "retention_days": "60",
            "recipient_policy": "members",
            "memberships-TOTAL_FORMS": "0",
            "memberships-INITIAL_FORMS": "0",
        },
    )
    assert saved.status_code == 302
    acme = Tenant.objects.get(slug="acme")
    assert (acme.name, acme.retention_days, acme.time_zone) == ("Acme GmbH", 60, "Europe/Berlin")
    assert operator.post(f"{path}delete/", {"post": "yes"}).status_code == 403
