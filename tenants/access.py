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

from tenants.models import Membership, Tenant, User
from tenants.roles import CAPABILITIES, Capability, Role
from tenants.scope import tenant_scope

P = ParamSpec("P")


def tenants_of(user: User | AnonymousUser) -> QuerySet[Tenant]:
    """Return the tenants that `user` may see: one query, by name.

    The staff flag gives no tenant: who runs the installation need not see customers' data.
    """
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


def roles_of(user: User, tenant: Tenant) -> set[Role]:
    """Return the roles that `user` has for `tenant`: at the tenant itself and at its provider. One query."""
    return {
        Role(role)
        for role in Membership.objects.filter(
            Q(tenant=tenant) | Q(provider__isnull=False, provider=tenant.provider_id, sees_all=True),
            user=user,
        ).values_list("role", flat=True)
    }


def capabilities_of(user: User | AnonymousUser, tenant: Tenant) -> frozenset[Capability]:
    """Return everything that `user` may do with `tenant`; empty for a stranger. One query."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset().union(*(CAPABILITIES[role] for role in roles_of(user, tenant)))


def get_tenant(user: User | AnonymousUser, slug: str, capability: Capability) -> Tenant:
    """Return the tenant called `slug`.

    Raises Http404 when it does not exist or `user` is a stranger to it, PermissionDenied when `user` may see it
    but lacks `capability`. The capabilities stand on the result as `granted`. Two queries.
    """
    tenant = Tenant.objects.select_related("provider").filter(slug=slug).first()
    granted = capabilities_of(user, tenant) if tenant else frozenset()
    if tenant is None or Capability.VIEW not in granted:
        raise Http404("No such tenant.")
    if capability not in granted:
        raise PermissionDenied(f"This needs the right “{capability}”, which your role does not have.")
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
