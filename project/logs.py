"""Structured logs: one line an event, as text on a terminal or as JSON, which escapes line breaks."""

from __future__ import annotations

import logging.config
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def _without_rich() -> Iterator[None]:
    """Let structlog be what it is in production, where nothing installs Rich.

    Where a tool of development brought Rich along structlog loads it, for tracebacks that nothing here prints: a tenth
    of what every command takes to start.
    """
    if "rich" in sys.modules:
        yield
        return
    sys.modules["rich"] = None  # type: ignore[assignment] # Python's own way to say that there is none
    try:
        yield
    finally:
        del sys.modules["rich"]


with _without_rich():
    import structlog


def configure(options: dict[str, Any]) -> None:
    """Set up the standard library's logging so that structlog renders every record.

    `options` holds `level` (a level's name) and `json` (bool).
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if options["json"]
        else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"])
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["console"], "level": options["level"]},
            "loggers": {
                "django.server": {"propagate": True, "handlers": []},
                # They would write every address that is asked, with what it asks for.
                "httpx": {"level": "WARNING"},
                "httpcore": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
