"""Fixtures for the whole suite: the cast, clients that are logged in, and proof of the role the suite runs as."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tenants.models import User
from tests.cast import Cast, make_cast

# How long an example takes says how busy the machine is.
hypothesis_settings.register_profile(
    "busy",
    hypothesis_settings.get_profile(hypothesis_settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("busy")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say on which servers and as which role the suite runs."""
    database = settings.DATABASES["default"]
    owner = settings.DATABASES["owner"]["USER"]
    return [
        f"database: {database['HOST']}:{database['PORT']}, as the running role {database['USER']} (migrated by {owner})"
    ]


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_suite(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Keep uploads and built files out of the checkout, and hash passwords quickly."""
    from django.test.utils import override_settings

    storages = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path_factory.mktemp("files"))},
        },
    }
    # Hashing passwords well takes a third of a second each, by design; the suite makes thousands of people.
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(STORAGES=storages, PASSWORD_HASHERS=hashers):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
) -> Iterator[None]:
    """Make the test database as the owner; `default` mirrors it as the running role.

    pytest-django would set up only the aliases that tests name, and a mirror of one that was not set up is the
    real database. `django_db_modify_db_settings` gives each process of a parallel run a database of its own.
    """
    keepdb = bool(request.config.getoption("reuse_db")) and not request.config.getoption("create_db")
    verbosity = request.config.option.verbose
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity, interactive=False, keepdb=keepdb, aliases=dict.fromkeys(settings.DATABASES)
        )
        assert str(settings.DATABASES["default"]["NAME"]).startswith("test_")
    yield
    if not keepdb:
        with django_db_blocker.unblock():
            connections.close_all()
            teardown_databases(made, verbosity)


@pytest.fixture
def cast(db: None) -> Cast:
    """Provider north with alice, bob and carol; provider south with mallory; their tenants."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,), "the suite must run as a role that row-level security binds"
    return make_cast()


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Return a maker of test clients that are logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in
