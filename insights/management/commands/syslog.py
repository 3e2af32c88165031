"""Listen for log lines that mail servers send over syslog."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from insights.ingest.listening.addresses import Unusable, parts_of, written
from insights.ingest.listening.certificates import TlsFiles
from insights.ingest.listening.listener import REFRESH, Options, run_listener
from insights.ingest.listening.streams import Limits


class Command(BaseCommand):
    """`syslog [--udp HOST:PORT] [--tcp HOST:PORT] [--tls HOST:PORT --certificate F --key F [--client-ca F]]`.

    Runs until SIGTERM or SIGINT. Exit 0 when everything that was taken is stored, 1 when it could not be, or when an
    address or a file cannot be used.
    """

    help = "Take log lines over syslog: RFC 5424 and RFC 3164, by UDP, TCP and TLS."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        for protocol in ("udp", "tcp", "tls"):
            parser.add_argument(
                f"--{protocol}",
                action="append",
                default=[],
                metavar="HOST:PORT",
                help=f"take messages by {protocol.upper()} here; may be repeated",
            )
        parser.add_argument("--certificate", type=Path, metavar="FILE", help="certificate and chain (PEM)")
        parser.add_argument("--key", type=Path, metavar="FILE", help="its private key (PEM)")
        parser.add_argument(
            "--client-ca", type=Path, metavar="FILE", help="what certificates of clients are signed by (PEM)"
        )
        parser.add_argument("--client-crl", type=Path, metavar="FILE", help="which of them are revoked (PEM)")
        parser.add_argument(
            "--connections", type=int, default=Limits().connections, help="at once, in total (500)"
        )
        parser.add_argument(
            "--connections-a-peer",
            type=int,
            default=Limits().connections_a_peer,
            help="at once, of one address (50)",
        )
        parser.add_argument(
            "--queue-mib", type=int, default=64, help="memory for lines that wait to be stored, in MiB (64)"
        )
        parser.add_argument(
            "--refresh",
            type=float,
            default=REFRESH,
            metavar="SECONDS",
            help="how often it looks who may send (2)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen, or say why that cannot be."""
        try:
            wanted = _options(options)
            is_stored = run_listener(wanted, clock=timezone.now, say=self._say)
        except Unusable as error:
            raise CommandError(str(error), returncode=1) from error
        if not is_stored:
            self.stderr.write("The database was away for too long: lines that were taken are lost.")
            sys.exit(1)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _options(given: dict[str, Any]) -> Options:
    addresses = [
        written(*parts_of(f"{protocol}://{place}"))
        for protocol in ("udp", "tcp", "tls")
        for place in given[protocol]
    ]
    files = (given["certificate"], given["key"])
    if any(files) and not all(files):
        raise CommandError("--certificate and --key go together.")
    if (given["client_ca"] or given["client_crl"]) and not all(files):
        raise CommandError("--client-ca and --client-crl need --certificate and --key.")
    if given["client_crl"] and not given["client_ca"]:
        raise CommandError("--client-crl needs --client-ca.")
    if given["queue_mib"] < 1 or given["connections"] < 1 or given["connections_a_peer"] < 1:
        raise CommandError("--queue-mib and --connections are at least 1.")
    if not 0.1 <= given["refresh"] <= 60:
        raise CommandError("--refresh is 0.1 to 60 seconds.")
    tls = TlsFiles(*files, given["client_ca"], given["client_crl"]) if all(files) else None
    return Options(
        addresses=addresses,
        tls=tls,
        limits=Limits(connections=given["connections"], connections_a_peer=given["connections_a_peer"]),
        most=given["queue_mib"] * 1024 * 1024,
        refresh=given["refresh"],
    )
