"""The administration for the operator's staff, behind the same login as everything else.

Each of its pages runs in the scope of the tenants that the person may see by membership; a superuser sees all
of them (docs/adr/0002). The staff flag alone shows no tenant's rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.utils.translation import gettext_lazy as _

from tenants.access import tenants_of
from tenants.models import Tenant, User
from tenants.scope import tenant_scope

V = TypeVar("V", bound=Callable[..., Any])


def scope_of(user: User | AnonymousUser) -> list[UUID]:
    """Return the tenants whose rows `user` may see in the administration. One query."""
    is_operator = user.is_active and user.is_superuser
    tenants = Tenant.objects.all() if is_operator else tenants_of(user)
    return list(tenants.values_list("pk", flat=True))


class OperatorAdminSite(AdminSite):
    """Django's administration, each page inside a tenant scope."""

    site_header = _("SMTP AUTH Insights: administration")
    site_title = _("SMTP AUTH Insights")
    index_title = _("Administration")

    def admin_view(self, view: V, cacheable: bool = False) -> V:  # noqa: FBT001, FBT002  # Django's signature
        """Return `view`, permitted to staff only and run and rendered inside the person's scope."""
        permitted = super().admin_view(view, cacheable)

        @wraps(permitted)
        def scoped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with tenant_scope(scope_of(request.user)):
                response: HttpResponse = permitted(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            return response

        return cast(V, scoped)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the product's own login; somebody who is logged in and no staff is refused."""
        answer: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return answer

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # no page to render, only the way to the login
        """Log out and lead to the product's own login."""
        if request.method == "POST":
            logout(request)
        return redirect("account_login")
