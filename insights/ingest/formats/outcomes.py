"""What a line turned out to be, as small integers because every line gets one."""

from typing import Final

from insights.ingest.record import SkipReason

OTHER: Final = 0
EVIDENCE: Final = 1
EVENT: Final = 2
UNKNOWN: Final = 3
TOO_MANY: Final = 4
NO_LOGIN: Final = 5

REASONS: Final = {
    UNKNOWN: SkipReason.UNKNOWN_FORM,
    TOO_MANY: SkipReason.TOO_MANY_REPEATS,
    NO_LOGIN: SkipReason.NO_LOGIN,
}
