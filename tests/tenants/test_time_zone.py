"""Which names a tenant's time zone can have."""

from zoneinfo import available_timezones

import pytest
from django.core.exceptions import ValidationError

from tenants.models.tenant import validate_time_zone


def test_every_zone_of_the_database_is_one() -> None:
    for name in available_timezones() - {"Factory", "localtime"}:
        validate_time_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "", "Europe", "Europe/", "europe/Nowhere", "/Europe/Berlin", "../Europe/Berlin", "Europe/../Europe/Berlin",
        "zone.tab", "tzdata.zi", "Factory", "localtime", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin",
        "Europe/Berlin\0", "Zürich", "\udcff", "x" * 5_000, "+02:00", ".", "Europe\\Berlin",
    ],
)  # fmt: skip
def test_anything_else_is_none(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_time_zone(name)
