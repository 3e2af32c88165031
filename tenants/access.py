"""The only door to a tenant: fetch it and check the right in one call.

A stranger gets 404, as if the tenant did not exist; a member without the right gets 403.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from tenants.models import ApiKey, Membership, Tenant, User
from tenants.roles import CAPABILITIES, SCOPE_CAPABILITIES, Capability, Role, Scope
from tenants.scope import tenant_scope

P = ParamSpec("P")


Caller = User | AnonymousUser | ApiKey
"""Who asks: a person in a session, nobody, or a program with a key that was checked (`tenants.api_keys`)."""


def tenants_of(user: Caller) -> QuerySet[Tenant]:
    """Return the tenants that `user` may see, or that a key covers: one query, by name.

    The staff flag gives no tenant: who runs the installation need not see customers' data.
    """
    if isinstance(user, ApiKey):
        return _tenants_of_key(user)
    if not user.is_authenticated or not user.is_active:
        return Tenant.objects.none()
    return Tenant.objects.filter(
        Q(memberships__user=user)
        | Q(
            provider__memberships__in=Membership.objects.filter(
                user=user, provider__isnull=False, sees_all=True
            )
        )
    ).distinct()


def _tenants_of_key(key: ApiKey) -> QuerySet[Tenant]:
    if key.tenant_id is not None:
        return Tenant.objects.filter(pk=key.tenant_id)
    of_provider = Tenant.objects.filter(provider=key.provider_id)
    return of_provider if key.all_tenants else of_provider.filter(pk__in=key.tenants.values("pk"))


def roles_of(user: User, tenant: Tenant) -> set[Role]:
    """Return the roles that `user` has for `tenant`: at the tenant itself and at its provider. One query."""
    return {
        Role(role)
        for role in Membership.objects.filter(
            Q(tenant=tenant) | Q(provider__isnull=False, provider=tenant.provider_id, sees_all=True),
            user=user,
        ).values_list("role", flat=True)
    }


def capabilities_of(user: Caller, tenant: Tenant) -> frozenset[Capability]:
    """Return everything that `user`, or a key, may do with `tenant`; empty for a stranger. One query."""
    if isinstance(user, ApiKey):
        covered = _tenants_of_key(user).filter(pk=tenant.pk).exists()
        return capabilities_of_key(user) if covered else frozenset()
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset().union(*(CAPABILITIES[role] for role in roles_of(user, tenant)))


def capabilities_of_key(key: ApiKey) -> frozenset[Capability]:
    """Return what a key may do with each tenant that it covers. No query."""
    return frozenset().union(*(SCOPE_CAPABILITIES[Scope(scope)] for scope in key.scopes))


def get_tenant(user: Caller, slug: str, capability: Capability) -> Tenant:
    """Return the tenant called `slug`.

    Raises Http404 when it does not exist or `user` is a stranger to it, PermissionDenied when `user` may see it (or
    a key covers it) but lacks `capability`. Two queries.
    """
    tenant = Tenant.objects.select_related("provider").filter(slug=slug).first()
    granted = capabilities_of(user, tenant) if tenant else frozenset()
    if tenant is None or not granted:
        raise Http404("No such tenant.")
    if capability not in granted:
        holder = "key" if isinstance(user, ApiKey) else "role"
        raise PermissionDenied(f"This needs the right “{capability}”, which your {holder} does not have.")
    return tenant


TenantView = Callable[Concatenate[HttpRequest, Tenant, P], HttpResponseBase]
SlugView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def tenant_view(capability: Capability) -> Callable[[TenantView[P]], SlugView[P]]:
    """Turn a view of a tenant into a view of a URL with `slug`, permitted and inside the tenant's scope.

    The view is called as `view(request, tenant, …)`; `request.tenant` is set for the templates. A template response is
    rendered inside the scope; a streaming response must enter the scope again in its generator.
    """

    def decorate(view: TenantView[P]) -> SlugView[P]:
        @login_required
        @wraps(view)
        def permitted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            slug = str(kwargs.pop("slug"))
            if not isinstance(request.user, User):
                raise Http404("Nobody is logged in.")
            tenant = get_tenant(request.user, slug, capability)
            request.tenant = tenant  # type: ignore[attr-defined]  # read by tenants.web.context
            with tenant_scope([tenant.pk]):
                response = view(request, tenant, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            return response

        permitted.capability = capability  # type: ignore[attr-defined]  # read by the isolation tests
        return permitted

    return decorate
