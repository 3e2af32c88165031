"""The tables of sources, imports, submissions, failed logins and their roll-ups."""

from insights.models.feed import IngestAnswer, LineFeed
from insights.models.log_import import ImportKind, ImportOverlap, ImportStatus, LogImport, SkippedLine
from insights.models.name_shown import NameShown
from insights.models.rollup import LoginFailureDay, RollupCheck, SubmissionDay
from insights.models.source import Source
from insights.models.submission import LoginFailure, Submission

__all__ = [
    "ImportKind",
    "ImportOverlap",
    "ImportStatus",
    "IngestAnswer",
    "LineFeed",
    "LogImport",
    "LoginFailure",
    "LoginFailureDay",
    "NameShown",
    "RollupCheck",
    "SkippedLine",
    "Source",
    "Submission",
    "SubmissionDay",
]
