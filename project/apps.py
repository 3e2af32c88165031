"""The project's own Django application: system checks and what concerns no single domain."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Registers the system checks of `project.checks`."""

    name = "project"

    def ready(self) -> None:
        """Import the checks, which register themselves."""
        from project import checks  # noqa: F401 - imported for its registrations
