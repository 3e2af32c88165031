"""Every model is a tenant's own or stands above the tenants for a reason that is written here."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from tenants.scope import TenantManager, TenantOwned

ABOVE = {
    "tenants.User": "a person may belong to several tenants",
    "tenants.User_groups": "rights in the administration",
    "tenants.User_user_permissions": "rights in the administration",
    "tenants.Provider": "looks after several tenants",
    "tenants.Tenant": "is what everything else is narrowed to; tenants.access fetches it",
    "tenants.ApiKey": "tells which scope a program may enter",
    "tenants.ApiKey_tenants": "tells which scope a program may enter",
    "tenants.Webhook": "tells whose events a program gets",
    "tenants.WebhookDelivery": "how telling a webhook went; what it was told is a tenant's own",
    "insights.SyslogListener": "where the listener listens, and how much strangers sent it",
    "tenants.Membership": "tells which scope a person may enter",
    "auth.Group": "rights in the administration",
    "auth.Group_permissions": "rights in the administration",
    "auth.Permission": "rights in the administration",
    "account.EmailAddress": "a person's own",
    "account.EmailConfirmation": "a person's own",
    "admin.LogEntry": "the operator's journal",
    "contenttypes.ContentType": "names of models",
    "sessions.Session": "a person's own",
}


def owned() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, TenantOwned)]


def test_every_model_is_a_tenants_own_or_above_for_a_reason() -> None:
    everything = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert everything - {model._meta.label for model in owned()} == set(ABOVE)


def test_default_manager_of_what_a_tenant_owns_keeps_to_the_scope() -> None:
    assert [model for model in owned() if not isinstance(model._default_manager, TenantManager)] == []


def test_every_other_manager_keeps_to_the_scope_too() -> None:
    others = [
        f"{model._meta.label}.{manager.name}"
        for model in owned()
        for manager in model._meta.managers
        if not isinstance(manager, TenantManager)
    ]
    assert others == []


def test_tenant_of_what_a_tenant_owns_is_never_null() -> None:
    assert [model for model in owned() if model._meta.get_field(_tenant_field(model)).null] == []


def test_unique_constraints_of_what_a_tenant_owns_hold_the_tenant() -> None:
    without = [
        constraint.name
        for model in owned()
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and _tenant_field(model) not in constraint.fields
    ]
    together = [model for model in owned() if model._meta.unique_together]
    single = [
        field
        for model in owned()
        for field in model._meta.local_fields
        if field.unique and not field.primary_key
    ]
    assert (without, together, single) == ([], [], [])


def test_what_a_tenant_owns_has_ids_that_tell_nothing() -> None:
    """Numbers counted up would tell how much there is at other tenants."""
    assert [model for model in owned() if not isinstance(model._meta.pk, models.UUIDField)] == []


def _tenant_field(model: type[models.Model]) -> str:
    return "tenant" if any(field.name == "tenant" for field in model._meta.fields) else "tenant_id"
