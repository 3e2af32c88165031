"""The command that makes roles and database, on a PostgreSQL of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from project import embedded
from project.embedded import state


@pytest.fixture(scope="module")
def superuser_url() -> Iterator[str]:
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    folder = base / "embedded"
    embedded.ensure(folder, {"REDIS_URL": "redis://not-needed"})
    known = state.read(folder)
    assert known is not None
    yield known.superuser_url()
    embedded.stop(folder)
    shutil.rmtree(base)


def run(superuser_url: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "project.roles", superuser_url, *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )


def addresses(output: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in output.splitlines())


def test_command_prints_addresses_that_work(superuser_url: str) -> None:
    done = run(superuser_url, "--database", "other")
    found = addresses(done.stdout)
    assert list(found) == ["DATABASE_URL", "DATABASE_OWNER_URL"]
    for url, role in zip(found.values(), ("insights_app", "insights_owner"), strict=True):
        with psycopg.connect(url) as connection:
            query = "SELECT current_user, current_database()"
            assert connection.execute(query).fetchone() == (role, "other")


def test_second_run_keeps_data_and_takes_the_passwords_it_is_given(superuser_url: str) -> None:
    first = addresses(run(superuser_url).stdout)
    with psycopg.connect(first["DATABASE_OWNER_URL"]) as connection:
        connection.execute("CREATE TABLE kept ()")
    again = run(
        superuser_url,
        DATABASE_URL="postgresql://insights_app:s%40fe-1@anywhere/insights",
        DATABASE_OWNER_URL="postgresql://insights_owner:safe-2@anywhere/insights",
    )
    second = addresses(again.stdout)
    assert ":s%40fe-1@127.0.0.1:" in second["DATABASE_URL"]
    with psycopg.connect(second["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT to_regclass('kept')::text").fetchone() == ("kept",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(first["DATABASE_URL"])


def test_rights_that_were_given_by_hand_are_taken_back(superuser_url: str) -> None:
    run(superuser_url)
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("ALTER ROLE insights_app SUPERUSER BYPASSRLS CREATEDB")
        connection.execute("GRANT insights_owner TO insights_app")
        run(superuser_url)
        query = (
            "SELECT rolsuper, rolbypassrls, rolcreatedb, pg_has_role(oid, 'insights_owner', 'MEMBER')"
            " FROM pg_roles WHERE rolname = 'insights_app'"
        )
        assert connection.execute(query).fetchone() == (False, False, False, False)


def test_running_role_makes_temporary_tables_but_no_lasting_ones(superuser_url: str) -> None:
    found = addresses(run(superuser_url).stdout)
    with psycopg.connect(found["DATABASE_URL"]) as connection:
        connection.execute("CREATE TEMPORARY TABLE batch ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE lasting ()")


def test_server_that_refuses_is_a_message_and_exit_1(superuser_url: str) -> None:
    done = run(superuser_url.replace("postgres:", "postgres:not-"))
    assert done.returncode == 1
    assert done.stderr.startswith("The roles could not be made: ")
    assert done.stdout == ""
