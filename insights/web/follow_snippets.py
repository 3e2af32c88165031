"""Texts that let this installation follow a log which lies on its own machine: a command, a service, a container."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from django.utils.translation import gettext_lazy as _

from insights.web.snippets import Endpoint, Kit, Snippet, filled

_PLAIN: Final = re.compile(r"[A-Za-z0-9_./-]+")


def follow_kit(endpoint: Endpoint) -> Kit:
    """Return the texts for a file on the server of this installation; they need no key."""
    words = {
        "tenant": endpoint.tenant,
        "source": endpoint.source,
        "format": endpoint.log_format,
        "log": endpoint.log,
    }
    log = PurePosixPath(endpoint.log)
    parts = {"folder": str(log.parent), "file": log.name}

    def text(file_name: str, quoted: dict[str, str]) -> str:
        return filled(file_name, {f"@{name.upper()}@": word for name, word in quoted.items()})

    return Kit(
        "follow",
        _("A file on this server"),
        _(
            "For a log on the machine that runs this installation, to be set up by who runs it. It needs no key. It is "
            "read through every rotation, and after a restart from where it was stored."
        ),
        [
            Snippet("follow-command", _("By command"), text("follow.sh", _each(words, shlex.quote))),
            Snippet(
                "follow-service", _("As a service"), text("follow_service.conf", _each(words, _unit_word))
            ),
            Snippet(
                "follow-compose",
                _("With Docker Compose"),
                text("follow_compose.sh", _each(words | parts, _env_word)),
            ),
        ],
    )


def _each(words: dict[str, str], quote: Callable[[str], str]) -> dict[str, str]:
    return {name: quote(word) for name, word in words.items()}


def _unit_word(text: str) -> str:
    """Return a word of systemd's ExecStart (systemd.service(5), systemd.unit(5): quoting, specifiers, variables)."""
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _env_word(text: str) -> str:
    """Return a value of Compose's .env file as it is: nothing within single quotes is replaced."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "\\'") + "'"
