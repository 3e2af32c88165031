"""Find, make and change sources; what was read into one decides what may still be changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from insights.ingest.formats import EVENTS, FORMATS
from insights.ingest.locks import source_is_free
from insights.models import LineFeed, LoginFailureDay, Source, SubmissionDay
from insights.models.source import MAX_NAME
from tenants.models import Tenant
from tenants.models.tenant import validate_time_zone

FORMAT_NAMES = (*FORMATS, EVENTS)
"""What the format of a source can be: that of its log, or `events` where it is sent single events."""


def find_source(written: str) -> Source | None:
    """Return the source of the scope with this name or, as the second choice, with this id; None without any."""
    if not written or len(written) > MAX_NAME or not written.isprintable():
        return None
    source = Source.objects.filter(name=written).first()
    if source is not None:
        return source
    try:
        return Source.objects.filter(pk=UUID(written)).first()
    except ValueError:
        return None


def check_source(*, name: str, format: str, time_zone: str, instead_of: Source | None = None) -> None:  # noqa: A002
    """Raise ValidationError, by field, for what a source of the scope cannot have; `instead_of` has it already."""
    errors: dict[str, Any] = {}
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= MAX_NAME:
        errors["name"] = _("A name has 1 to %(count)d visible characters, without blanks around them.") % {
            "count": MAX_NAME
        }
    elif Source.objects.filter(name=name).exclude(pk__in=[instead_of.pk] if instead_of else []).exists():
        errors["name"] = _("There is a source of that name already.")
    if format not in FORMAT_NAMES:
        known = ", ".join(FORMAT_NAMES)
        errors["format"] = _("This format cannot be read; it can be %(known)s.") % {"known": known}
    try:
        validate_time_zone(time_zone)
    except ValidationError as error:
        errors["time_zone"] = error
    if errors:
        raise ValidationError(errors)


def source_named(tenant: Tenant, name: str, *, format: str, time_zone: str) -> Source:  # noqa: A002
    """Return the tenant's source of that name, which keeps what it is, or else a new one. Must run in its scope."""
    source, _is_new = Source.objects.get_or_create(
        tenant=tenant, name=name, defaults={"format": format, "time_zone": time_zone}
    )
    return source


def holds_events(source: Source) -> bool:
    """Tell whether anything of the source is counted; undone imports are not. Up to two queries."""
    return any(
        days.objects.filter(source_id=source.pk).order_by().exists()
        for days in (SubmissionDay, LoginFailureDay)
    )


class SourceBusy(Exception):
    """The source is being read at the moment, in the way that it would no longer have."""


def change_source(source: Source, *, name: str, format: str, time_zone: str) -> None:  # noqa: A002
    """Rename a source, or read it otherwise from now on, which is for sources without events alone.

    A log that was read in one zone and is read again in another would be counted twice, since an event's id holds its
    instant. Once every import is undone the source begins anew. Raises ValidationError by field, and SourceBusy. Must
    run in the tenant's scope.
    """
    check_source(name=name, format=format, time_zone=time_zone, instead_of=source)
    wanted = {"format": format, "time_zone": time_zone}
    changed: dict[str, Any] = {
        field: value for field, value in wanted.items() if getattr(source, field) != value
    }
    if changed:
        if not source_is_free(source.pk):
            raise SourceBusy(busy_words())
        if holds_events(source):
            raise ValidationError(dict.fromkeys(changed, fixed_words()))
        # What was open at the end of the last log, and its year, were read in the old way.
        changed |= {"parser_state": None, "last_line_at": None}
        if "format" in changed:
            changed["mapping"] = None
        LineFeed.objects.filter(source=source).delete()
    for field, value in (changed | {"name": name}).items():
        setattr(source, field, value)
    try:
        with transaction.atomic():
            source.save(update_fields=["name", *changed])
    except IntegrityError:
        check_source(name=name, format=format, time_zone=time_zone, instead_of=source)  # somebody was quicker
        raise


def busy_words() -> str:
    """Say that a source cannot be changed while it is read."""
    return _("This source is being read at the moment. Try again when its import has ended.")


def fixed_words() -> str:
    """Say why the format and the time zone of a source with events stay."""
    return _(
        "This stays as it is, because events of this source are stored: read otherwise, the same log would be counted "
        "twice. Make a new source, or undo the imports of this one first."
    )
