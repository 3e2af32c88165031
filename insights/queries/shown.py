"""How accounts and addresses were written when first seen."""

from __future__ import annotations

from collections.abc import Iterable

from insights.models import NameShown


def shown_names(names: Iterable[str]) -> dict[str, str]:
    """Return for each compared name the form to show; itself where nothing else is known. One query."""
    wanted = set(names)
    known = dict(NameShown.objects.filter(name__in=wanted).values_list("name", "shown"))
    return {name: known.get(name, name) for name in wanted}
