"""Texts to paste into a mail server so that it sends its log here, with the real address and a key filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_TEXTS = Path(__file__).parent / "snippet_texts"
_LOG = "/var/log/mail.log"
_LOGS = {"exim": "/var/log/exim4/mainlog", "stalwart": "/var/log/stalwart/stalwart.log"}
NO_KEY = "YOUR_KEY"
"""What stands for the key where none was made."""


class Snippet(NamedTuple):
    """A text to paste; `title` says where, "" where there is one only. `name` is unique on the page."""

    name: str
    title: str | Promise
    text: str


class Kit(NamedTuple):
    """What one kind of sender needs: a sentence, and one or more texts."""

    name: str
    label: str | Promise
    note: str | Promise
    snippets: list[Snippet]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the lines of a source go. `site` is the address of this installation, `source` the source's name.

    `log_format` tells where the log is found.
    """

    site: str
    tenant: str
    source: str
    log_format: str = "postfix"

    @property
    def url(self) -> str:
        """The address that lines are posted to."""
        return f"{self.site}/api/v1/tenants/{quote(self.tenant, safe='')}/sources/{quote(self.source, safe='')}/lines"

    @property
    def log(self) -> str:
        """Where the log is: in Debian's places, where Exim alone writes files of its own."""
        return _LOGS.get(self.log_format, _LOG)

    def words(self, key: str) -> dict[str, str]:
        """Return what each placeholder of the texts stands for."""
        parts = urlsplit(self.url)
        is_https = parts.scheme == "https"
        return {
            "@URL@": self.url,
            # Vector reads the address as a template, in which a percent sign has a meaning.
            "@VECTOR_URL@": self.url.replace("%", "%%"),
            "@HOST@": parts.hostname or "",
            "@PORT@": str(parts.port or (443 if is_https else 80)),
            "@ON_OFF@": "on" if is_https else "off",
            "@PATH@": parts.path,
            "@REST_PATH@": parts.path.removeprefix("/"),
            "@KEY@": key,
            "@LOG@": self.log,
        }


def filled(file_name: str, words: Mapping[str, str]) -> str:
    """Return the text of a file with each placeholder, such as `@LOG@`, replaced by its word, once."""
    text = (_TEXTS / f"{file_name}.txt").read_text()
    return re.sub("|".join(map(re.escape, words)), lambda found: words[found[0]], text)


def kits(endpoint: Endpoint, key: str = NO_KEY) -> list[Kit]:
    """Return the texts for every kind of sender."""
    words = endpoint.words(key)

    def text(file_name: str) -> str:
        return filled(file_name, words)

    return [
        Kit(
            "curl",
            "curl",
            _(
                "For a first look, or from cron: what was sent before is recognised, and nothing is counted twice."
            ),
            [Snippet("curl", "", text("curl.sh"))],
        ),
        Kit(
            "python",
            "Python",
            _("Needs Python 3.8 and its package requests. It tries again until the lines are stored."),
            [
                Snippet("python", _("The script"), text("python.py")),
                Snippet("service", _("As a service"), text("service.conf")),
            ],
        ),
        Kit(
            "fluent-bit",
            "Fluent Bit",
            _("Remembers how far the log was read, and tries again until the lines are stored."),
            [Snippet("fluent-bit", "", text("fluent_bit.yaml"))],
        ),
        Kit(
            "vector",
            "Vector",
            _("Remembers how far the log was read, and tries again until the lines are stored."),
            [Snippet("vector", "", text("vector.yaml"))],
        ),
        Kit(
            "rsyslog",
            "rsyslog",
            _(
                "The script works with every rsyslog, keeps the order and tries again until the lines are stored. The "
                "module omhttp needs no script, but Debian and Ubuntu do not have it, and lines that the server could "
                "not take at once come after later ones, so that a message among them may lack its TLS version."
            ),
            [
                Snippet("omprog-script", _("With a script"), text("rsyslog_omprog.sh")),
                Snippet("omprog", _("Its configuration"), text("rsyslog_omprog.conf")),
                Snippet("omhttp", _("Or with omhttp"), text("rsyslog_omhttp.conf")),
            ],
        ),
    ]
