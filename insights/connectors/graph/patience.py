"""Ask again when Microsoft is busy or throttles: as long as it asks to wait, else longer each time, within bounds."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from insights.connectors.graph.refusals import Throttled
from insights.connectors.graph.wire import Reply, Unreachable

TRIES: Final = 5
LONGEST_PAUSE: Final = timedelta(seconds=90)
"""When more is asked for, the asking ends, and the next one begins that much later."""
FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_WAIT: Final = timedelta(hours=6)
"""What Retry-After is believed at most."""
_BUSY: Final = frozenset({408, 429, 500, 502, 503, 504, 509})


class Patience:
    """Repeats a request up to `tries` times; `sleep` takes seconds."""

    def __init__(
        self, *, clock: Callable[[], datetime], sleep: Callable[[float], None], tries: int = TRIES
    ) -> None:
        self._clock, self._sleep, self._tries = clock, sleep, tries

    def until_answered(self, ask: Callable[[], Reply]) -> Reply:
        """Return the first answer that is not “later”; raise Throttled, or Unreachable when nobody answered."""
        for number in range(1, self._tries + 1):
            wait = None
            try:
                reply = ask()
            except Unreachable:
                if number == self._tries:
                    raise
            else:
                if reply.status not in _BUSY:
                    return reply
                wait = reply.wait_asked_for(now=self._clock())
                if number == self._tries or (wait or timedelta()) > LONGEST_PAUSE:
                    raise _throttled(reply, wait)
            self._sleep((wait or _backoff(number)).total_seconds())
        raise AssertionError("The last try returns or raises.")


def _backoff(number: int) -> timedelta:
    return min(FIRST_PAUSE * (1 << (number - 1)), LONGEST_PAUSE) * random.uniform(0.75, 1.25)


def _throttled(reply: Reply, wait: timedelta | None) -> Throttled:
    wait = None if wait is None else min(wait, LONGEST_WAIT)
    words = (
        _("Microsoft answers that there were too many requests (429).")
        if reply.status == 429
        else _("Microsoft is busy or out of order (status %(status)d).") % {"status": reply.status}
    )
    return Throttled(words, retry_after=wait)
