"""What the report's pages say of their own numbers: days that lack something, and TLS versions that no log tells."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from insights.charts import Remarks
from insights.filters import ViewState
from insights.queries import evidence
from insights.words.evidence import gap_sentences, remarks_of, tls_hints, tls_sentence
from tenants.models import Tenant


def evidence_of_page(tenant: Tenant, state: ViewState, *, now: datetime) -> tuple[dict[str, Any], Remarks]:
    """Return the context of `reports/evidence.html` and `reports/tls_unknown.html`, and the remarks for a chart.

    Five queries.
    """
    found = evidence(state.selection(), tenant, now=now)
    told = {
        "gaps": gap_sentences(found.days),
        "tls_sentence": tls_sentence(found),
        "tls_hints": tls_hints(found),
    }
    return told, remarks_of(found.days)
