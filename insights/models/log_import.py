"""One reading of one file: its progress, its accounting and what it could not read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.models.source import Source
from tenants.models import Tenant
from tenants.scope import TenantOwned


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


class ImportKind(models.TextChoices):
    """What an import reads: one file, or what came in a day another way."""

    FILE = "file", _("File")
    LINES = "lines", _("Log lines over the API")
    SUBMISSIONS = "submissions", _("Submissions over the API")
    FAILURES = "login_failures", _("Failed logins over the API")
    FOLLOWED = "followed", _("Lines of followed files")
    SYSLOG = "syslog", _("Log lines over syslog")
    SHARED = "shared", _("Share of a shared server's log")
    GRAPH = "graph", _("Sign-ins from Microsoft 365")


class LogImport(TenantOwned):
    """An import of one file into one source, or the day's account of what a source was sent over the API.

    The counters are brought forward in the transaction that stores the rows, so they are exact at any moment:
    lines = event + evidence + other + unrecognised; events = stored + duplicate.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="imports")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="imports")
    kind = models.CharField(
        _("kind"), max_length=16, choices=ImportKind.choices, default=ImportKind.FILE, editable=False
    )
    # The day (UTC) whose requests an account of the API sums up; a file has none.
    received_on = models.DateField(null=True, blank=True, editable=False)
    # A share: what one tenant got of an import of a shared server, at once or by an assignment. Both are the inbox's.
    shared_import = models.UUIDField(null=True, blank=True, editable=False)
    assignment = models.UUIDField(null=True, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=255)
    stored_file = models.CharField(max_length=255, blank=True, editable=False)
    size_bytes = models.BigIntegerField(_("size"), default=0)
    year = models.PositiveSmallIntegerField(_("year of the first line"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ImportStatus.choices, default=ImportStatus.WAITING
    )
    message = models.TextField(_("message"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    # Where a crashed import goes on: decompressed bytes taken in, and the parser's state right there.
    bytes_taken = models.BigIntegerField(default=0)
    bytes_read = models.BigIntegerField(default=0)
    parser_state = models.BinaryField(null=True, blank=True)
    # The digest of the first stamped line: the same file again is read with the year it was read with before.
    head_digest = models.CharField(max_length=64, blank=True)

    lines_event = models.BigIntegerField(default=0)
    lines_evidence = models.BigIntegerField(default=0)
    lines_other = models.BigIntegerField(default=0)
    unrecognised = models.JSONField(default=dict)
    held_bytes = models.IntegerField(default=0)
    submissions_stored = models.BigIntegerField(default=0)
    submissions_duplicate = models.BigIntegerField(default=0)
    failures_stored = models.BigIntegerField(default=0)
    failures_duplicate = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    # From the first to the newest line read, by the log's own stamps, whether they told of an event or not.
    lines_from_at = models.DateTimeField(null=True, blank=True, editable=False)
    lines_until_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The programs that wrote the first lines, where none of them told of a submission or a login.
    programs = models.JSONField(default=dict, editable=False)

    # What its format was recognised as, and how sure (insights.ingest.recognition); None where nobody looked.
    recognised = models.JSONField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at"], name="import_newest"),
            models.Index(fields=["tenant", "source", "head_digest"], name="import_by_head"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source", "kind", "received_on"],
                condition=models.Q(received_on__isnull=False, status=ImportStatus.DONE),
                name="account_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["tenant", "shared_import"],
                condition=models.Q(shared_import__isnull=False, assignment__isnull=True),
                name="share_once_an_import",
            ),
            models.UniqueConstraint(
                fields=["tenant", "assignment", "shared_import"],
                condition=models.Q(assignment__isnull=False),
                name="share_once_an_assignment",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def lines_unrecognised(self) -> int:
        """The lines that could not be read, for every reason."""
        return sum(self.unrecognised.values())

    @property
    def lines(self) -> int:
        """All complete lines read."""
        return self.lines_event + self.lines_evidence + self.lines_other + self.lines_unrecognised

    @property
    def is_active(self) -> bool:
        """Whether the import may still change."""
        return self.status in {ImportStatus.WAITING, ImportStatus.RUNNING, ImportStatus.UNDOING}

    def accounting(self) -> dict[str, Any]:
        """Return the accounting as documented for `--json`: JSON types only, times as ISO 8601 in UTC."""
        return {
            "lines": self.lines,
            "event": self.lines_event,
            "evidence": self.lines_evidence,
            "other": self.lines_other,
            "unrecognised": self.lines_unrecognised,
            "unrecognised_by_reason": dict(sorted(self.unrecognised.items())),
            "events": self.submissions_stored
            + self.submissions_duplicate
            + self.failures_stored
            + self.failures_duplicate,
            "stored": self.submissions_stored + self.failures_stored,
            "duplicate": self.submissions_duplicate + self.failures_duplicate,
            "submissions": {"stored": self.submissions_stored, "duplicate": self.submissions_duplicate},
            "failures": {"stored": self.failures_stored, "duplicate": self.failures_duplicate},
            "held_bytes": self.held_bytes,
            "first_at": self.first_at.isoformat() if self.first_at else None,
            "last_at": self.last_at.isoformat() if self.last_at else None,
        }


class SkippedLine(TenantOwned):
    """A sample of a line that was not recognised, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    log_import = models.ForeignKey(LogImport, on_delete=models.CASCADE, related_name="skipped_lines")
    line_number = models.BigIntegerField()
    reason = models.CharField(max_length=32)
    text = models.TextField()

    class Meta:
        ordering: ClassVar = ["line_number"]


class ImportOverlap(TenantOwned):
    """How many events of one import an earlier import had already stored.

    Undoing the earlier one removes them, so it names the imports that would have to be read again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    log_import = models.ForeignKey(LogImport, on_delete=models.CASCADE, related_name="overlaps")
    earlier = models.ForeignKey(LogImport, on_delete=models.CASCADE, related_name="overlapped_by")
    events = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "log_import", "earlier"], name="overlap_once_a_pair")
        ]
