"""From a query string to a checked state of a view, and back; for pages, exports and the API alike.

Knows the tenant's kept days and which values exist, and says in words what it refuses. Reads no rows, save the names
of the sources where one is asked for.
"""

from insights.filters.days import DaysRefused, RangeChoice, custom_days, kept_part, named_days
from insights.filters.declared import NARROWING, EventFilters, FailureFilters, SubmissionFilters
from insights.filters.state import SHARED, ViewState, read_state
from insights.filters.words import NO_DOMAIN, Narrowed, Problem, domain_asked
from insights.marks import View

__all__ = [
    "NARROWING",
    "NO_DOMAIN",
    "SHARED",
    "DaysRefused",
    "EventFilters",
    "FailureFilters",
    "Narrowed",
    "Problem",
    "RangeChoice",
    "SubmissionFilters",
    "View",
    "ViewState",
    "custom_days",
    "domain_asked",
    "kept_part",
    "named_days",
    "read_state",
]
