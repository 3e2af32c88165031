"""The read side for everybody: screens, CSV, mails, commands and the API ask here and nowhere else.

Every function reads the roll-ups of the current tenant scope, never single events, so that its cost does not grow
with the number of messages. Days are the tenant's; ranges are half-open; percentages are of messages.
"""

from insights.queries.accounts import AccountRow, Seen, account_count, accounts, seen
from insights.queries.authentication import AuthShare, authentication, authentication_by_day
from insights.queries.clients import ClientRow, ClientTotals, client_totals, clients
from insights.queries.details import DetailRow, details
from insights.queries.evidence import Evidence, evidence
from insights.queries.failures import FailureRow, failure_total, failures, failures_by_day, last_failure_on
from insights.queries.freshness import Freshness, freshness
from insights.queries.overview import (
    Attention,
    OverviewRow,
    OverviewTotals,
    overview,
    overview_totals,
)
from insights.queries.selection import Selection, kept_days, today_of
from insights.queries.sender_domains import DomainRow, sender_domains
from insights.queries.senders import SenderRow, SenderTotals, sender_totals, senders
from insights.queries.shown import shown_names
from insights.queries.summary import Change, Summary, summary
from insights.queries.tls import TlsShare, tls_by_day, tls_usage
from insights.queries.volume import DayVolume, sending_volume

__all__ = [
    "AccountRow",
    "Attention",
    "AuthShare",
    "Change",
    "ClientRow",
    "ClientTotals",
    "DayVolume",
    "DetailRow",
    "DomainRow",
    "Evidence",
    "FailureRow",
    "Freshness",
    "OverviewRow",
    "OverviewTotals",
    "Seen",
    "Selection",
    "SenderRow",
    "SenderTotals",
    "Summary",
    "TlsShare",
    "account_count",
    "accounts",
    "authentication",
    "authentication_by_day",
    "client_totals",
    "clients",
    "details",
    "evidence",
    "failure_total",
    "failures",
    "failures_by_day",
    "freshness",
    "kept_days",
    "last_failure_on",
    "overview",
    "overview_totals",
    "seen",
    "sender_domains",
    "sender_totals",
    "senders",
    "sending_volume",
    "shown_names",
    "summary",
    "tls_by_day",
    "tls_usage",
    "today_of",
]
