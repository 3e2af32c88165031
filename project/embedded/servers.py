"""Start what is missing, say where it is, stop it: the embedded servers as a whole."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from project.embedded import postgres, processes, state, valkey
from project.embedded.room import open_room
from project.embedded.state import State, Urls

EMBEDDED_DIR = Path(__file__).resolve().parents[2] / "var" / "embedded"


def current(folder: Path = EMBEDDED_DIR, environ: Mapping[str, str] = os.environ) -> Urls | None:
    """The addresses that are known without starting anything, or None when one is missing.

    Reads one small file; does not look whether the servers run.
    """
    if _is_named("DATABASE_URL", environ) and _is_named("REDIS_URL", environ):
        return _urls(None, environ)
    known = state.read(folder)
    return _urls(known, environ) if known else None


def ensure(folder: Path = EMBEDDED_DIR, environ: Mapping[str, str] = os.environ) -> Urls:
    """Start the servers whose variable is not set, unless they run already, and return all addresses.

    Safe to call from many processes at once. Raises EmbeddedError with the servers' own words.
    """
    wants_database = not _is_named("DATABASE_URL", environ)
    wants_redis = not _is_named("REDIS_URL", environ)
    if not wants_database and not wants_redis:
        return _urls(None, environ)
    folder = folder.resolve()
    known = state.read(folder)
    if (
        known
        and (not wants_database or _has_database(folder, known))
        and (not wants_redis or valkey.is_running(_home(folder, known)))
    ):
        return _urls(known, environ)
    with state.exclusive(folder):
        known = state.read(folder) or _begin(folder)
        if wants_database:
            _start_database(folder, known)
        if wants_redis:
            _start_redis(folder, known)
    return _urls(known, environ)


def stop(folder: Path = EMBEDDED_DIR) -> list[str]:
    """Stop the servers of `folder` that run, and only those; return their names."""
    folder = folder.resolve()
    if not folder.is_dir():
        return []
    with state.exclusive(folder):
        known = state.read(folder)
        return _stop_in(_home(folder, known)) if known else []


def status(folder: Path = EMBEDDED_DIR) -> dict[str, str]:
    """What runs and where, without passwords, for people."""
    folder = folder.resolve()
    known = state.read(folder)
    if known is None:
        return {"PostgreSQL": "never started", "Valkey": "never started"}
    home = _home(folder, known)
    is_up = {"PostgreSQL": postgres.is_running(home), "Valkey": valkey.is_running(home)}
    ports = {"PostgreSQL": known.database_port, "Valkey": known.redis_port}
    return {
        name: f"{f'runs on 127.0.0.1:{ports[name]}' if up else 'stopped'}, data in {home}"
        for name, up in is_up.items()
    }


def _is_named(name: str, environ: Mapping[str, str]) -> bool:
    return bool(environ.get(name))


def _urls(known: State | None, environ: Mapping[str, str]) -> Urls:
    """The variables that are set, completed by the embedded servers.

    A named database has the owner that is named with it, or none.
    """
    own = known.urls() if known else Urls("", "", "")
    database_url = environ.get("DATABASE_URL") or own.database_url
    owner_url = environ.get("DATABASE_OWNER_URL", "")
    if not owner_url and database_url == own.database_url:
        owner_url = own.database_owner_url
    return Urls(database_url, owner_url, environ.get("REDIS_URL") or own.redis_url)


def _home(folder: Path, known: State) -> Path:
    return Path(known.outside) if known.outside else folder


def _has_database(folder: Path, known: State) -> bool:
    return known.database_is_ready and postgres.is_running(_home(folder, known))


def _begin(folder: Path) -> State:
    """Choose ports, passwords and a place; data whose passwords are lost is set aside, once."""
    known = State()
    room = open_room(folder, outside=None)
    if room.folder != folder:
        known.outside = str(room.folder)
    _stop_in(room.folder)
    for name in ("postgres", "valkey"):
        left_over = room.folder / name
        if left_over.exists():
            aside = room.folder / f"{name}.old"
            shutil.rmtree(aside, ignore_errors=True)
            left_over.rename(aside)
            sys.stderr.write(f"{folder} holds no passwords for {left_over}: moved it to {aside}.\n")
    state.write(folder, known)
    return known


def _start_database(folder: Path, known: State) -> None:
    if _has_database(folder, known):
        return
    room = open_room(folder, outside=known.outside)
    if not postgres.is_running(room.folder):
        if not processes.is_free(known.database_port):
            known.database_port = processes.free_port()
            state.write(folder, known)
        if known.database_is_ready and not postgres.data_dir(room.folder).exists():
            # Another password is another address: whoever noted that this database is migrated looks again.
            known.database_is_ready, known.app_password = False, state.new_password()
            state.write(folder, known)
        postgres.start(room, port=known.database_port, superuser_password=known.superuser_password)
    if not known.database_is_ready:
        from project import roles

        roles.create(
            superuser_url=known.superuser_url(),
            owner_password=known.owner_password,
            app_password=known.app_password,
        )
        known.database_is_ready = True
        state.write(folder, known)


def _start_redis(folder: Path, known: State) -> None:
    room = open_room(folder, outside=known.outside)
    if valkey.is_running(room.folder):
        return
    if not processes.is_free(known.redis_port):
        known.redis_port = processes.free_port()
        state.write(folder, known)
    valkey.start(room, port=known.redis_port, password=known.redis_password)


def _stop_in(home: Path) -> list[str]:
    return [name for name, server in (("PostgreSQL", postgres), ("Valkey", valkey)) if server.stop(home)]
