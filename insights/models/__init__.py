"""The tables of sources, imports, submissions, failed logins and their roll-ups."""

from insights.models.feed import IngestAnswer, LineFeed
from insights.models.followed import FollowedFile
from insights.models.graph import GraphCloud, GraphConnection, GraphTraceDay
from insights.models.log_import import ImportKind, ImportOverlap, ImportStatus, LogImport, SkippedLine
from insights.models.name_shown import NameShown
from insights.models.rollup import LoginFailureDay, RollupCheck, SubmissionDay
from insights.models.shared import Assignment, RuleKind, SharedRule
from insights.models.source import Source
from insights.models.submission import LoginFailure, Submission
from insights.models.syslog import SenderKind, SyslogDrop, SyslogListener, SyslogSender

__all__ = [
    "Assignment",
    "FollowedFile",
    "GraphCloud",
    "GraphConnection",
    "GraphTraceDay",
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
    "RuleKind",
    "SenderKind",
    "SharedRule",
    "SkippedLine",
    "Source",
    "Submission",
    "SubmissionDay",
    "SyslogDrop",
    "SyslogListener",
    "SyslogSender",
]
