"""Read ahead: parse the next portion while the database stores this one. Pure; the thread touches no connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, TypeVar

T = TypeVar("T")
_END = object()
_PATIENCE_SECONDS = 0.2


class _Failure(Generic[T]):
    """An exception on its way from the thread to the reader."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


@contextmanager
def read_ahead(items: Iterator[T], *, depth: int = 2) -> Iterator[Iterator[T]]:
    """Run `items` in a thread, at most `depth` items ahead of its reader; its exceptions reach the reader in order.

    Leaving the block early stops the thread at its next item.
    """
    queue: Queue[object] = Queue(maxsize=depth)
    stopped = Event()

    def fill() -> None:
        last: object = _END
        try:
            for item in items:
                if not _put(queue, item, stopped):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again in the reader's thread
            last = _Failure(error)
        _put(queue, last, stopped)

    def drain() -> Iterator[T]:
        while (item := queue.get()) is not _END:
            if isinstance(item, _Failure):
                raise item.error
            yield item  # type: ignore[misc]  # the queue holds what `items` gave

    thread = Thread(target=fill, name="read-ahead", daemon=True)
    thread.start()
    try:
        yield drain()
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                queue.get(timeout=_PATIENCE_SECONDS)
            except Empty:
                continue
        thread.join()


def _put(queue: Queue[object], item: object, stopped: Event) -> bool:
    """Put the item as soon as there is room; return False when nobody reads any more."""
    while not stopped.is_set():
        try:
            queue.put(item, timeout=_PATIENCE_SECONDS)
        except Full:
            continue
        return True
    return False
