"""Pages of models from other applications that lead to people's rights: the operator's alone as well."""

from __future__ import annotations

from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group

from tenants.admin.kinds import OperatorOnly

# Both were registered by their own applications, whose modules are imported above.
admin.site.unregister([Group, EmailAddress])


@admin.register(Group)
class OperatorsGroupAdmin(OperatorOnly, GroupAdmin):
    """Rights in the administration, by groups."""


@admin.register(EmailAddress)
class OperatorsEmailAddressAdmin(OperatorOnly, EmailAddressAdmin):  # type: ignore[misc]  # allauth is untyped
    """Addresses through which a password can be reset: whoever added one could log in as anybody."""
