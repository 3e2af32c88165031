"""The application of people, providers and tenants: who may see what; and the site of the administration."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate


class TenantsConfig(AppConfig):
    """Grants the running role its rights after each migration."""

    name = "tenants"

    def ready(self) -> None:
        """Connect to Django's own signal; the project has no signals of its own."""
        from tenants.grants import grant_after_migrate

        post_migrate.connect(grant_after_migrate, dispatch_uid="tenants.grants")


class OperatorAdminConfig(SimpleAdminConfig):
    """Django's administration with a site that enters the tenant scope.

    Its pages are found where the URL map is made: commands and the worker start without them.
    """

    default_site = "tenants.web.operator_site.OperatorAdminSite"
