"""Run the demo: sample customers through the real ingest, the web server, a worker and beat."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.utils import ProgrammingError
from django.utils import timezone

from insights.models import ImportStatus
from project import embedded
from reports.management.demo import children, site
from reports.management.demo.children import Child
from reports.management.demo.feed import read_part, unread
from reports.management.demo.kept_story import KeptStory, Part, keep_story, load_story
from reports.management.demo.people import PEOPLE, demo_password, fill_in, look_around

SECONDS_TO_ANSWER = 90
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    """`demo [--port P] [--days N]`: runs until Ctrl-C.

    Exit 0 then, 1 when it is refused or one of its processes ends by itself. The page is served first; the
    customers' logs are imported while it can be looked at already. The next start uses what is there and
    imports only what has happened since. Everything it keeps is in var/demo.
    """

    # Checking reads every page's code, which the web server does anyway while the command goes on.
    requires_system_checks = ()
    help = "Serve the product with sample customers on this machine, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--port", type=_port, default=8000, metavar="P", help="port on 127.0.0.1 (8000)")
        parser.add_argument(
            "--days", type=_days, metavar="N", help="at the first start: only the last N days of every log"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Start everything, fill in what is missing, and wait."""
        port: int = options["port"]
        folder = settings.VAR_DIR / "demo"
        with _alone(folder, port=port), _signals_end_it():
            left_over = children.end_left_over(folder / "run", cwd=settings.BASE_DIR)
            if left_over:
                self.stdout.write(f"Ended what an earlier demo left behind: {', '.join(left_over)}.")
            if reason := site.port_taken(port):
                raise CommandError(f"{reason}. Choose another one: make demo PORT={port + 1}")
            story = _story(folder, days=options["days"], now=timezone.now())
            running: list[Child] = []
            try:
                self._serve(story, running, port=port, folder=folder)
            except KeyboardInterrupt:
                self.stdout.write("\nStopping web, worker and beat.")
            finally:
                for number in ENDINGS:
                    signal.signal(number, signal.SIG_IGN)
                children.stop(running)
        self.stdout.write("Stopped. The servers with the data go on: `make stop` ends them, too.")

    def _serve(self, story: KeptStory, running: list[Child], *, port: int, folder: Path) -> None:
        """Serve the page, print who can log in, import what is missing, wait; `running` is filled."""
        start = _starter(port=port, folder=folder)
        running.append(start("web"))
        password, is_new = demo_password(folder)
        fill_in(story.providers(), password=password, is_new=is_new)
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not site.answers(port):
            _refuse_if_ended(running)
            if time.monotonic() > deadline:
                raise CommandError(f"The web server does not answer. {running[0].last_words()}")
            time.sleep(0.1)
        self.stdout.write(_welcome(port, password))
        self.stdout.flush()
        # Only now, so that nothing takes the processor from the first page.
        running += [start("worker"), start("beat")]
        self._import(story, running, folder=folder)
        connections.close_all()
        self.stdout.write("\nEverything is there. Ctrl-C stops the demo.")
        self.stdout.flush()
        while True:
            time.sleep(0.5)
            _refuse_if_ended(running)

    def _import(self, story: KeptStory, running: list[Child], *, folder: Path) -> None:
        logs = folder / "logs"
        parts = unread(story.parts(), folder=logs)
        first_tenant = story.tenants()[0].slug
        if parts:
            self.stdout.write(f"\nImporting {len(parts)} logs; look around meanwhile.")
        for number, part in enumerate(parts, 1):
            _refuse_if_ended(running)
            self.stdout.write(f"  {number}/{len(parts)}  {_read(part, logs)}")
            self.stdout.flush()
            if part.tenant.slug == first_tenant:
                self._ask_for_report(first_tenant)
        self._ask_for_report(first_tenant)

    def _ask_for_report(self, slug: str) -> None:
        # Late: what builds reports takes a second to import, and the first page waits for nothing of it.
        from reports.management.demo.sample_report import ask_once

        if ask_once(slug, now=timezone.now()):
            self.stdout.write("  Asked for a report by mail: see the outbox in a moment.")


def _read(part: Part, folder: Path) -> str:
    """Import one log and return a line about it."""
    began = time.monotonic()
    log_import = read_part(part, folder=folder, clock=timezone.now)
    if log_import is None:
        return f"{part.tenant.name}, {part.file_name}: nothing was logged"
    if log_import.status != ImportStatus.DONE:
        return (
            f"{part.tenant.name}, {part.file_name}: {log_import.get_status_display()}. {log_import.message}"
        )
    submissions = log_import.submissions_stored + log_import.submissions_duplicate
    return (
        f"{part.tenant.name}, {part.file_name}: {log_import.lines:,} lines, {submissions:,} submissions,"
        f" {time.monotonic() - began:.1f} s"
    )


def _story(folder: Path, *, days: int | None, now: datetime) -> KeptStory:
    """Return the story to tell, kept on disk: the one begun before, up to now, or a new one."""
    kept = load_story(folder)
    told = (kept or KeptStory(told_at=now)).providers()
    try:
        found = look_around(told)
    except ProgrammingError as error:
        raise CommandError(
            "The database has no tables yet, or old ones: run `manage.py migrate` first."
        ) from error
    if strangers := found.namesakes + ([] if _is_embedded() else found.others):
        raise CommandError(
            f"This database holds tenants that are not the demo's ({', '.join(strangers[:3])}). The demo needs"
            " one of its own: unset DATABASE_URL, or use another checkout."
        )
    if found.ours and kept is None:
        raise CommandError(
            f"The demo's customers are in the database, but their story ({folder / 'story.json'}) is lost."
            " Begin anew: make stop, then remove var/embedded and var/demo."
        )
    if kept is None or not found.ours:
        shutil.rmtree(folder / "logs", ignore_errors=True)
        kept = KeptStory(told_at=now, days=days)
    kept.extend(now=now)
    keep_story(folder, kept)
    return kept


def _starter(*, port: int, folder: Path) -> Callable[[str], Child]:
    """Return a function that starts the process of a name."""
    root = settings.BASE_DIR
    commands = site.commands(port=port, root=root, folder=folder)
    environ = site.environment(os.environ, port=port, outbox=settings.VAR_DIR / "outbox")

    def start(name: str) -> Child:
        return children.start(
            name,
            commands[name],
            cwd=root,
            environ=environ,
            logs=settings.VAR_DIR / "log",
            pids=folder / "run",
        )

    return start


def _refuse_if_ended(running: list[Child]) -> None:
    if child := children.ended(running):
        raise CommandError(
            f"The {child.name} process has ended by itself; {child.log}:\n{child.last_words()}"
        )


def _is_embedded() -> bool:
    urls = embedded.current(environ={})
    return urls is not None and os.environ.get("DATABASE_URL") == urls.database_url


def _welcome(port: int, password: str) -> str:
    width = max(len(person.email) for person in PEOPLE)
    logins = [f"  {person.email:<{width}}  {person.role or '–':<10}  {person.sees}" for person in PEOPLE]
    return "\n".join(
        [
            f"\nSMTP AUTH Insights is at {site.address(port)}/",
            f"\nLog in as one of these; everybody's password is  {password}",
            *logins,
            f"\nMails go to {site.address(port)}/outbox/ and nowhere else.",
        ]
    )


@contextmanager
def _alone(folder: Path, *, port: int) -> Iterator[None]:
    """Let one demo of this checkout run at a time; the lock ends with the process, whatever ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise CommandError(
                f"The demo of this checkout runs already, at {file.read().strip()}."
            ) from error
        file.truncate(0)
        file.write(site.address(port))
        file.flush()
        yield


@contextmanager
def _signals_end_it() -> Iterator[None]:
    """Let every polite way of ending a process end the demo like Ctrl-C."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port from 1 to 65535")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of days")
    return int(text)
