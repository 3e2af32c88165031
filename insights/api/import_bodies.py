"""How an import is described: where it stands, and its accounting."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from insights.ingest.undo import UNDOABLE
from insights.models import ImportKind, ImportStatus, LogImport
from project.tables import plain

SAMPLE = {"line_number": 100, "reason": "no_stamp", "text": "    at org.example.Mailer.send(Mailer.java:87)"}
FINISHED: dict[str, Any] = {
    "id": "0193380c-9b1a-7e54-8f7e-1d2f4f0c9a11",
    "kind": "file",
    "source": "mx1",
    "file_name": "mail.log",
    "size_bytes": 22345111,
    "bytes_read": 22345111,
    "year": 2026,
    "status": "done",
    "message": "",
    "created_at": "2026-11-17T08:12:31Z",
    "created_by": "Bob",
    "finished_at": "2026-11-17T08:12:39Z",
    "can_undo": True,
    "accounting": {
        "lines": 41759,
        "event": 4210,
        "evidence": 28123,
        "other": 8121,
        "unrecognised": 1305,
        "unrecognised_by_reason": {"before_retention": 1290, "no_stamp": 15},
        "events": 4210,
        "stored": 4112,
        "duplicate": 98,
        "submissions": {"stored": 4011, "duplicate": 91},
        "failures": {"stored": 101, "duplicate": 7},
        "held_bytes": 0,
        "first_at": "2026-11-12T09:00:00Z",
        "last_at": "2026-11-15T09:00:00Z",
    },
}
OVERLAP = {"import": "0193380c-1111-7e54-8f7e-1d2f4f0c9a11", "file_name": "mail.log.1", "events": 91}


class CountSerializer(serializers.Serializer[Any]):
    """Events of one kind."""

    stored = serializers.IntegerField()
    duplicate = serializers.IntegerField(help_text="Known before, and not stored again.")


class AccountingSerializer(serializers.Serializer[Any]):
    """What became of everything: lines = event + evidence + other + unrecognised; events = stored + duplicate."""

    lines = serializers.IntegerField()
    event = serializers.IntegerField()
    evidence = serializers.IntegerField()
    other = serializers.IntegerField()
    unrecognised = serializers.IntegerField()
    unrecognised_by_reason = serializers.DictField(child=serializers.IntegerField())
    events = serializers.IntegerField()
    stored = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    submissions = CountSerializer()
    failures = CountSerializer()
    held_bytes = serializers.IntegerField(
        help_text="Of a last line or row without an end, which waits for more."
    )
    first_at = serializers.DateTimeField(allow_null=True)
    last_at = serializers.DateTimeField(allow_null=True)


class ImportSerializer(serializers.Serializer[Any]):
    """An import."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(
        choices=ImportKind.choices, help_text="A file, or what came over the API in a day (UTC)."
    )
    source = serializers.CharField()  # type: ignore[assignment]  # the name is the API's
    file_name = serializers.CharField()
    size_bytes = serializers.IntegerField(help_text="Of the file as it was uploaded.")
    bytes_read = serializers.IntegerField(help_text="Of those, how many were read: the progress.")
    year = serializers.IntegerField(
        allow_null=True, help_text="Of the first line, whose stamp may have none."
    )
    status = serializers.ChoiceField(choices=ImportStatus.choices)
    message = serializers.CharField(allow_blank=True, help_text="What a person should know, in words.")
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField(allow_null=True, help_text="A name; null for keys and commands.")
    finished_at = serializers.DateTimeField(allow_null=True)
    can_undo = serializers.BooleanField()
    accounting = AccountingSerializer()


class OverlapSerializer(serializers.Serializer[Any]):
    """Another import that holds some of the same events."""

    file_name = serializers.CharField()
    events = serializers.IntegerField(help_text="How many.")

    def get_fields(self) -> dict[str, Any]:
        """Add what is called like a word of Python."""
        return {"import": serializers.UUIDField(), **super().get_fields()}


class ImportDetailSerializer(ImportSerializer):
    """An import, with the others that hold the same events."""

    stored_before = OverlapSerializer(
        many=True, help_text="Earlier imports that had stored events of this one."
    )
    stored_by_this = OverlapSerializer(
        many=True, help_text="Later imports whose events this one had stored; undoing takes those too."
    )


class SampleSerializer(serializers.Serializer[Any]):
    """A line that was not recognised."""

    line_number = serializers.IntegerField()
    reason = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


def described(log_import: LogImport) -> dict[str, Any]:
    """Return an import as the API gives it; its source and its person are there already. No query."""
    person = log_import.created_by
    return {
        "id": str(log_import.pk),
        "kind": log_import.kind,
        "source": log_import.source.name,
        "file_name": log_import.file_name,
        "size_bytes": log_import.size_bytes,
        "bytes_read": log_import.bytes_read,
        "year": log_import.year,
        "status": log_import.status,
        "message": log_import.message,
        "created_at": plain(log_import.created_at),
        "created_by": person.get_full_name() if person else None,
        "finished_at": plain(log_import.finished_at),
        "can_undo": log_import.status in UNDOABLE and log_import.kind != ImportKind.SHARED,
        "accounting": log_import.accounting()
        | {"first_at": plain(log_import.first_at), "last_at": plain(log_import.last_at)},
    }


def with_overlaps(log_import: LogImport) -> dict[str, Any]:
    """Return an import with the earlier ones that had stored its events, and the later ones that brought some again.

    Undoing it takes the events of the later ones as well; those that are undone are left out. Two queries.
    """
    before = log_import.overlaps.select_related("earlier").order_by("-events")
    after = (
        log_import.overlapped_by.exclude(log_import__status=ImportStatus.UNDONE)
        .select_related("log_import")
        .order_by("-events")
    )
    return described(log_import) | {
        "stored_before": [_overlap(one.earlier, one.events) for one in before],
        "stored_by_this": [_overlap(one.log_import, one.events) for one in after],
    }


def _overlap(other: LogImport, events: int) -> dict[str, Any]:
    return {"import": str(other.pk), "file_name": other.file_name, "events": events}
