"""The only door to a tenant: fetch it and check the right in one call.

A stranger gets 404, as if the tenant did not exist; a member without the right gets 403. An inbox of shared servers
(`TenantKind`) is nobody's tenant here: it is reached through its provider alone.
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

from tenants.models import ApiKey, Membership, Provider, Tenant, TenantKind, User
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
    return (
        customers()
        .filter(
            Q(memberships__user=user)
            | Q(
                provider__memberships__in=Membership.objects.filter(
                    user=user, provider__isnull=False, sees_all=True
                )
            )
        )
        .distinct()
    )


def customers() -> QuerySet[Tenant]:
    """Return every tenant but inboxes."""
    return Tenant.objects.filter(kind=TenantKind.CUSTOMER)


def _tenants_of_key(key: ApiKey) -> QuerySet[Tenant]:
    if key.tenant_id is not None:
        return customers().filter(pk=key.tenant_id)
    of_provider = customers().filter(provider=key.provider_id)
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


def tenants_with(user: Caller, capability: Capability) -> QuerySet[Tenant]:
    """Return the tenants with which `user`, or a key, may do `capability`: one query, by name."""
    if isinstance(user, ApiKey):
        return _tenants_of_key(user) if capability in capabilities_of_key(user) else Tenant.objects.none()
    if not user.is_authenticated or not user.is_active:
        return Tenant.objects.none()
    theirs = Membership.objects.filter(user=user, role__in=_roles_with(capability))
    at_providers = theirs.filter(provider__isnull=False, sees_all=True)
    return (
        customers().filter(Q(memberships__in=theirs) | Q(provider__memberships__in=at_providers)).distinct()
    )


def providers_with(user: Caller, capability: Capability) -> QuerySet[Provider]:
    """Return the providers with all of whose tenants `user`, or a key, may do `capability`: one query, by name."""
    if isinstance(user, ApiKey):
        covers_all = user.all_tenants and capability in capabilities_of_key(user)
        return Provider.objects.filter(api_keys=user) if covers_all else Provider.objects.none()
    if not user.is_authenticated or not user.is_active:
        return Provider.objects.none()
    theirs = Membership.objects.filter(user=user, role__in=_roles_with(capability), sees_all=True)
    return Provider.objects.filter(memberships__in=theirs).distinct()


def provider_capabilities(user: User, provider: Provider) -> frozenset[Capability]:
    """Return what `user` may do with all of the provider's tenants; empty for who sees some only. One query."""
    roles = Membership.objects.filter(user=user, provider=provider, sees_all=True).values_list(
        "role", flat=True
    )
    return frozenset().union(*(CAPABILITIES[Role(role)] for role in roles))


def _roles_with(capability: Capability) -> list[Role]:
    return [role for role, granted in CAPABILITIES.items() if capability in granted]


def get_provider(user: Caller, slug: str, capability: Capability) -> Provider:
    """Return the provider called `slug`.

    Raises Http404 when it does not exist, or `user` has no role there, or is no key of it; PermissionDenied when the
    role or the scopes, or seeing some tenants only, do not carry `capability` for all of its tenants. Two queries.
    """
    if isinstance(user, ApiKey):
        provider = Provider.objects.filter(slug=slug, api_keys=user).first()
    elif not user.is_authenticated or not user.is_active:
        provider = None
    else:
        provider = Provider.objects.filter(slug=slug, memberships__user=user).first()
    if provider is None:
        raise Http404("No such provider.")
    if not providers_with(user, capability).filter(pk=provider.pk).exists():
        raise PermissionDenied(f"This needs the right “{capability}” for every tenant of the provider.")
    return provider


def get_tenant(user: Caller, slug: str, capability: Capability) -> Tenant:
    """Return the tenant called `slug`.

    Raises Http404 when it does not exist or `user` is a stranger to it, PermissionDenied when `user` may see it (or
    a key covers it) but lacks `capability`. Two queries.
    """
    tenant = customers().select_related("provider").filter(slug=slug).first()
    granted = capabilities_of(user, tenant) if tenant else frozenset()
    if tenant is None or not granted:
        raise Http404("No such tenant.")
    if capability not in granted:
        holder = "key" if isinstance(user, ApiKey) else "role"
        raise PermissionDenied(f"This needs the right “{capability}”, which your {holder} does not have.")
    return tenant


TenantView = Callable[Concatenate[HttpRequest, Tenant, P], HttpResponseBase]
ProviderView = Callable[Concatenate[HttpRequest, Provider, P], HttpResponseBase]
SlugView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def provider_view(capability: Capability) -> Callable[[ProviderView[P]], SlugView[P]]:
    """Turn a view of a provider into a view of a URL with `provider`, its short name, permitted as `get_provider` says.

    The view is called as `view(request, provider, …)` and is in no tenant's scope.
    """

    def decorate(view: ProviderView[P]) -> SlugView[P]:
        @login_required
        @wraps(view)
        def permitted(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            slug = str(kwargs.pop("provider"))
            if not isinstance(request.user, User):
                raise Http404("Nobody is logged in.")
            return view(request, get_provider(request.user, slug, capability), *args, **kwargs)

        return permitted

    return decorate


def tenant_view(
    capability: Capability, *, enters_scope: bool = True
) -> Callable[[TenantView[P]], SlugView[P]]:
    """Turn a view of a tenant into a view of a URL with `slug`, permitted and inside the tenant's scope.

    The view is called as `view(request, tenant, …)`; `request.tenant` is set for the templates. A template response is
    rendered inside the scope; a streaming response must enter the scope again in its generator.

    The scope is a transaction. A view that waits for another server is decorated with `enters_scope=False`, and enters
    `tenant_scope` itself around what it reads and writes.
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
            if not enters_scope:
                return view(request, tenant, *args, **kwargs)
            with tenant_scope([tenant.pk]):
                response = view(request, tenant, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            return response

        permitted.capability = capability  # type: ignore[attr-defined]  # read by the isolation tests
        return permitted

    return decorate
