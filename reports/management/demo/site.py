"""The demo's web server, worker and beat: their commands, their environment, and whether the port is free."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

ADDRESS = "127.0.0.1"


def address(port: int) -> str:
    """Return the address that people open."""
    return f"http://localhost:{port}"


def port_taken(port: int) -> str:
    """Return why the port cannot be used, or nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is in use by another program"
            return f"Port {port} cannot be used ({error.strerror})"
    return ""


def commands(*, port: int, root: Path, folder: Path) -> dict[str, Sequence[str]]:
    """Return the command of each process; all hold `root`, by which they are known again."""
    python = (sys.executable, "-m")
    celery = (*python, "celery", "--app=project.celery", f"--workdir={root}")
    return {
        "web": (
            *(*python, "gunicorn", "project.wsgi", f"--chdir={root}", f"--bind={ADDRESS}:{port}"),
            *("--workers=1", "--threads=8", "--timeout=120", "--no-control-socket", "--access-logfile=-"),
        ),
        "worker": (*celery, "worker", "--concurrency=2", "--loglevel=INFO", "--hostname=demo@%h"),
        "beat": (*celery, "beat", f"--schedule={folder / 'beat'}", "--pidfile=", "--loglevel=INFO"),
    }


def environment(given: Mapping[str, str], *, port: int, outbox: Path) -> dict[str, str]:
    """Return the environment of the processes: that of the command, and over it what makes a demo.

    A .env file of the checkout does not win over it. The owner of the tables is not handed on.
    """
    outbox.mkdir(parents=True, exist_ok=True)
    return {name: value for name, value in given.items() if name != "DATABASE_OWNER_URL"} | {
        "SITE_URL": address(port),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "",
        "BEHIND_TLS_PROXY": "false",
        "DEBUG": "false",
        "SERVE_STATIC_FROM_SOURCE": "true",
        "EMAIL_URL": f"filemail:///{quote(os.fspath(outbox))}",
        "DEFAULT_FROM_EMAIL": "SMTP AUTH Insights <insights@demo.example>",
        "SHOW_OUTBOX": "true",
        "PYTHONUNBUFFERED": "1",
    }


def answers(port: int) -> bool:
    """Tell whether the login page is there."""
    connection = HTTPConnection(ADDRESS, port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
