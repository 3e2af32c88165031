"""What the embedded servers remember between commands: ports, passwords and the folder they live in."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from project.embedded.processes import free_port

STATE_FILE = "state.json"
LOCK_FILE = "lock"


class EmbeddedError(RuntimeError):
    """An embedded server cannot be started, used or stopped; the message says what to do."""


class Urls(NamedTuple):
    """Addresses with passwords, in the form of the environment variables of the same names."""

    database_url: str
    database_owner_url: str
    redis_url: str

    def environ(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "DATABASE_OWNER_URL": self.database_owner_url,
            "REDIS_URL": self.redis_url,
        }


def new_password() -> str:
    return secrets.token_urlsafe(24)


@dataclass
class State:
    """The content of state.json. `outside` is the servers' folder when they cannot live beside it."""

    outside: str | None = None
    database_port: int = field(default_factory=free_port)
    superuser_password: str = field(default_factory=new_password)
    owner_password: str = field(default_factory=new_password)
    app_password: str = field(default_factory=new_password)
    database_is_ready: bool = False
    redis_port: int = field(default_factory=free_port)
    redis_password: str = field(default_factory=new_password)

    def superuser_url(self) -> str:
        return f"postgresql://postgres:{self.superuser_password}@127.0.0.1:{self.database_port}/postgres"

    def urls(self) -> Urls:
        place = f"127.0.0.1:{self.database_port}/insights"
        return Urls(
            database_url=f"postgresql://insights_app:{self.app_password}@{place}",
            database_owner_url=f"postgresql://insights_owner:{self.owner_password}@{place}",
            redis_url=f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0",
        )


def read(folder: Path) -> State | None:
    """The remembered state, or None when nothing was ever started here."""
    path = folder / STATE_FILE
    try:
        if path.stat().st_uid != os.geteuid():
            raise EmbeddedError(
                f"{path} belongs to another user. Run the command as that user, or set DATABASE_URL and "
                "REDIS_URL."
            )
        return State(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise EmbeddedError(
            f"{path} is damaged. Restore it, or remove {folder} to begin with empty servers."
        ) from error


def write(folder: Path, state: State) -> None:
    """Replace the state in one step, readable by this user alone; a crash leaves the old or the new one."""
    path = folder / f"{STATE_FILE}.new"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(state), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    path.replace(folder / STATE_FILE)


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Let one command at a time start or stop the servers of `folder`; the others wait here."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK_FILE).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
