"""Write a log of many days whose messages stand where calendars go wrong, and its truth.

Every day has messages in the last and the first second around local midnight; the sessions of some begin
before it, and some wait in the queue across it. Both changes of the clock have messages in the second before
and after them and all through the hour that comes twice; as on a real server that hour has lines in both
passes, so that a reader of stamps without an offset can tell them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from insights.demo.people import GERMAN, Site, client, correspondents
from insights.demo.postfix_lines import CLIENT_AFTER, LogStyle, PostfixLog
from insights.demo.processes import Processes
from insights.demo.queue_ids import QueueIds, QueueIdStyle
from insights.demo.sessions import Client, Mail, Outcome, Service, Session
from insights.demo.stamps import HOUR, MINUTE, SECOND, StampStyle, instant
from insights.demo.truth import Truth
from insights.demo.writing import in_order, truth_of
from insights.enums import TlsVersion

_MIDNIGHT = (-30 * MINUTE, -SECOND, 0, SECOND, 20 * MINUTE)
_CHANGE = (-HOUR + SECOND, -30 * MINUTE, -10 * MINUTE, -SECOND, 0, SECOND, 30 * MINUTE, HOUR - SECOND, HOUR)
_NOON = 12 * HOUR
_VERSIONS = (TlsVersion.TLS1_3, TlsVersion.TLS1_2, TlsVersion.NONE, TlsVersion.TLS1_0, TlsVersion.TLS1_1)


def calendar_log(
    *,
    zone: ZoneInfo,
    start_on: date,
    days: int,
    seed: int,
    style: LogStyle | None = None,
) -> tuple[Iterator[bytes], Truth]:
    """Give the log of `days` local days of `zone` from `start_on` on, about a chunk a day, and its truth.

    Without a style the server stamps in `zone` itself, in BSD form, with queue ids that come again. A style
    may name another zone for the stamps; then messages stand at that zone's changes of the clock as well.
    """
    style = style or LogStyle(host="mx", zone=zone, stamp=StampStyle.BSD, queue_ids=QueueIdStyle.RECURRING)
    rng = Random(f"calendar:{seed}:{zone.key}:{start_on.isoformat()}")
    queue_ids = QueueIds(style=style.queue_ids, rng=rng)
    logs: list[tuple[int, PostfixLog]] = []
    for number in range(days):
        on = start_on + timedelta(days=number)
        begin, end = _midnight(on, zone), _midnight(on + timedelta(days=1), zone)
        processes = Processes(first_pid=1_000 + number % 20 * 500)
        log = PostfixLog(style=style, rng=rng, processes=processes, queue_ids=queue_ids)
        places = _places(begin, end, is_first=number == 0, zones=(zone, style.zone))
        for session in sorted(_sessions(places, rng), key=lambda session: session.at):
            log.play(session)
        logs.append((end, log))
    truth = truth_of(
        [event for _, log in logs for event in log.accepted],
        [event for _, log in logs for event in log.failed],
    )
    first, last = (
        instant(datetime(1970, 1, 1, tzinfo=UTC)),
        _midnight(start_on + timedelta(days=days + 1), zone),
    )
    # The next day's first session connects a moment before midnight.
    lines = ((end - SECOND, log.lines.lines) for end, log in logs)
    return in_order(lines, style=style, begin=first, stop=last), truth


def _midnight(on: date, zone: ZoneInfo) -> int:
    return instant(datetime.combine(on, time(), tzinfo=zone))


def _places(begin: int, end: int, *, is_first: bool, zones: Iterable[ZoneInfo]) -> list[int]:
    """Give the instants of one day: around its two midnights, at noon, around each change of the clock."""
    wanted = (
        {begin + offset for offset in _MIDNIGHT} | {end + offset for offset in _MIDNIGHT} | {begin + _NOON}
    )
    for zone in zones:
        change = _clock_change(begin, end, zone)
        if change is not None:
            wanted |= {change + offset for offset in _CHANGE}
    earliest = begin + (MINUTE if is_first else 0)
    return sorted(at for at in wanted if earliest <= at < end)


def _clock_change(begin: int, end: int, zone: ZoneInfo) -> int | None:
    """Give the instant within [begin, end) at which the zone's offset changes, if there is one."""
    low, high = begin // SECOND, end // SECOND
    before = _offset(low, zone)
    if _offset(high, zone) == before:
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high * SECOND


def _offset(second: int, zone: ZoneInfo) -> timedelta | None:
    return datetime.fromtimestamp(second, tz=zone).utcoffset()


def _sessions(places: list[int], rng: Random) -> Iterator[Session]:
    """Give one session for each place, whose message is accepted in that second.

    Every third or so is so large that its `client=` line stands in the second before.
    """
    site = Site(9, "calendar.example")
    for number, place in enumerate(places):
        who = _client(site, rng, first=number == 0)
        outcome = Outcome.SENT
        draw = rng.random()
        if draw < 0.15:
            outcome = Outcome.DEFERRED
        elif draw < 0.2:
            outcome = Outcome.REFUSED
        elif draw < 0.25:
            outcome = Outcome.BOUNCED
        recipients = correspondents(rng, domain=site.domain, count=rng.randint(1, 4))
        is_large = rng.random() < 0.35
        # A message of 10 MB takes half a second and a little more.
        size = 10_000_000 if is_large else rng.randrange(900, 8_000)
        mail = Mail(rng.choice((who.account, f"list@{site.domain}")), recipients, size, outcome)
        asked = place + (-250_000 if is_large else rng.randrange(0, 300_000))
        yield Session(asked - CLIENT_AFTER, who, (mail,))


def _client(site: Site, rng: Random, *, first: bool) -> Client:
    number = rng.randrange(12)
    tls = TlsVersion.TLS1_3 if first else _VERSIONS[number % len(_VERSIONS)]
    service = Service.SMTPS if number == 6 else Service.SUBMISSION
    mechanism = ("PLAIN", "LOGIN", "XOAUTH2")[number % 3]
    return client(site.account(GERMAN[number]), site.home(number), tls, mechanism, service=service)
