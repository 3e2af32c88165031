"""Equal refused logins are told apart while they are near the newest line, and no later, whether pruned or not."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.formats.refused import ORDINAL_WINDOW, Refused, Seen


@pytest.mark.parametrize("prunes", [False, True])
@pytest.mark.parametrize(("late", "different"), [(ORDINAL_WINDOW, 2), (ORDINAL_WINDOW + 1, 1)])
def test_equal_lines(prunes: bool, late: int, different: int) -> None:
    refused = Refused(source_key="a source")
    for newest in (1_000, 1_000 + late):
        if prunes:
            refused.prune(newest)
        refused.add(
            Seen(1_000, newest, b"mx1", b"", 1, b"refused"),
            account="ann", client_ip=b"192.0.2.4", mechanism="PLAIN", reason=FailureReason.POLICY, detail="",
        )  # fmt: skip
    assert len({one.id for one in refused.taken()}) == different
