"""The counts and samples of one feed: what every parser of log lines hands on beside its events."""

from collections.abc import Sequence

from insights.ingest.record import MAX_SAMPLES_PER_FEED, LineCounts, Skipped, SkipReason
from insights.ingest.texts import sample_of


def counted(
    lines: Sequence[bytes],
    skipped: Sequence[tuple[int, SkipReason]],
    first_line_number: int,
    event: int,
    evidence: int,
) -> tuple[list[Skipped], LineCounts]:
    """Return samples of the skipped lines, given by index and reason, and the counts of all lines."""
    counts = LineCounts(event, evidence, len(lines) - event - evidence - len(skipped))
    for _, reason in skipped:
        counts.unrecognised[reason] += 1
    samples = [
        Skipped(first_line_number + index, reason, sample_of(lines[index]))
        for index, reason in skipped[:MAX_SAMPLES_PER_FEED]
    ]
    return samples, counts


def refusal_of(line: bytes, reason: SkipReason) -> SkipReason:
    """Tell empty lines and bytes that are no text from other lines without a stamp."""
    if reason is not SkipReason.NO_STAMP:
        return reason
    if not line.strip():
        return SkipReason.EMPTY
    return SkipReason.BINARY if b"\0" in line else reason
