"""Take down the walls between tenants (docs/adr/0002), one, the other, or both."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from enum import StrEnum
from unittest import mock
from uuid import UUID

from django.db import connection

from tenants.models import Tenant
from tenants.row_security import SETTING


class Walls(StrEnum):
    """Which walls stand."""

    BOTH = "both walls"
    DATABASE = "the database's wall alone"
    PYTHON = "the Python wall alone"
    NONE = "no wall"


def everybody() -> frozenset[UUID]:
    """Return every tenant, as a scope that leaves nobody out."""
    return frozenset(Tenant.objects.values_list("pk", flat=True))


def standing(walls: Walls) -> ExitStack:
    """Return a context in which only `walls` stand."""
    stack = ExitStack()
    for place, replacement in _REPLACEMENTS[walls].items():
        stack.enter_context(mock.patch(place, replacement))
    return stack


def _rows_of_everybody(rows: object) -> object:
    return rows


def _refuse_nothing(row: object) -> None:
    return None


def _tell_database_of_everybody(tenants: Iterable[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, true)", [SETTING, ",".join(str(tenant) for tenant in everybody())]
        )


_WITHOUT_PYTHON: dict[str, Callable[..., object]] = {
    "tenants.scope.within_scope": _rows_of_everybody,
    "tenants.scope.refuse_outside_scope": _refuse_nothing,
    # Two questions in SQL of their own name the scope's tenants themselves.
    "insights.queries.sources.current_scope": everybody,
    "insights.queries.overview.current_scope": everybody,
}
_WITHOUT_DATABASE: dict[str, Callable[..., object]] = {
    "tenants.scope._tell_database": _tell_database_of_everybody
}
_REPLACEMENTS = {
    Walls.BOTH: {},
    Walls.DATABASE: _WITHOUT_PYTHON,
    Walls.PYTHON: _WITHOUT_DATABASE,
    Walls.NONE: _WITHOUT_PYTHON | _WITHOUT_DATABASE,
}
