"""What waits is weighed: everything is given back once it is stored, and a source costs something as well."""

from __future__ import annotations

from random import Random
from uuid import UUID

from insights.ingest.listening.backlog import BATCH_BYTES, BATCH_LINES, Backlog, Line
from insights.ingest.listening.routes import Route


def route(number: int) -> Route:
    return Route(UUID(int=1), None, f"mx{number}")


def test_everything_comes_out_once_in_order_and_weighs_nothing_then() -> None:
    random, backlog, put, taken = Random(2), Backlog(), [], []
    for number in range(3_000):
        one = route(random.randrange(5))
        line = Line(b"%d" % number * random.choice([1, 100, 10_000]), number)
        backlog.put(one, line)
        put.append((one, line))
        if not random.randrange(100):
            taken += [(one, taken_line) for taken_line in backlog.take(one)]
            backlog.done(one)
    assert backlog.weight >= sum(line.weight for _route, line in put) - sum(
        line.weight for _route, line in taken
    )
    for number in range(5):
        while batch := backlog.take(route(number)):
            assert len(batch) <= BATCH_LINES
            assert sum(line.weight for line in batch[:-1]) < BATCH_BYTES
            taken += [(route(number), line) for line in batch]
            backlog.done(route(number))
    for number in range(5):
        of_one = [line for one, line in put if one == route(number)]
        assert [line for one, line in taken if one == route(number)] == of_one
    assert (backlog.weight, len(backlog)) == (0, 0)


def test_sender_that_names_another_source_in_every_message_fills_it_soon() -> None:
    backlog, count = Backlog(most=1024 * 1024), 0
    while not backlog.is_full(route(count)):
        backlog.put(route(count), Line(b"x", 1))
        count += 1
    assert count < 300


def test_room_of_a_source_is_told_when_another_one_was_stored_before() -> None:
    """The share of one source is full, and another source is stored first: both must be read again."""
    told: list[bool] = []
    backlog = Backlog(most=1_000_000, most_of_one=1_000)
    for _line in range(10):
        backlog.put(route(1), Line(b"x" * 100, 100))
    backlog.put(route(2), Line(b"x", 1))
    assert backlog.is_full(route(1))
    backlog.on_room = lambda: told.append(backlog.has_room(route(1)))
    for number in (2, 1):
        backlog.take(route(number))
        backlog.done(route(number))
    assert told == [False, True]
