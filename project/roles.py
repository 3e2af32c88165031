"""The two database roles and the database: made here for embedded servers, containers and CI alike.

`python -m project.roles SUPERUSER_URL [--database NAME]` may be run again at any time. The owner makes and
changes tables; the running role is bound by row-level security: no superuser, no BYPASSRLS, owner of nothing.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import sys
from typing import LiteralString
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

OWNER_ROLE = "insights_owner"
APP_ROLE = "insights_app"
NEVER: LiteralString = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
# An arbitrary number that two commands at once agree on.
LOCK = 7_266_517


def create(
    *, superuser_url: str, owner_password: str, app_password: str, database: str = "insights"
) -> tuple[str, str]:
    """Make roles and database, or give existing ones these passwords and limits.

    Returns the addresses for DATABASE_URL and DATABASE_OWNER_URL. Existing data stays as it is.
    """
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        _role(connection, OWNER_ROLE, "LOGIN CREATEDB", owner_password)
        _role(connection, APP_ROLE, "LOGIN NOCREATEDB", app_password)
        connection.execute("REVOKE insights_owner FROM insights_app")
        name = sql.Identifier(database)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER insights_owner ENCODING 'UTF8' TEMPLATE template0").format(
                    name
                )
            )
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO insights_app").format(name))
    return (
        _url(superuser_url, APP_ROLE, app_password, database),
        _url(superuser_url, OWNER_ROLE, owner_password, database),
    )


def _role(
    connection: psycopg.Connection[tuple[object, ...]], name: str, rights: LiteralString, password: str
) -> None:
    """Make the role if needed and set its rights; the password leaves this process as a SCRAM verifier."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} {} {} PASSWORD {}").format(
            sql.Identifier(name), sql.SQL(rights), sql.SQL(NEVER), sql.Literal(verifier)
        )
    )


def _url(superuser_url: str, role: str, password: str, database: str) -> str:
    """The superuser's address with another role and database; host, port and options stay."""
    scheme, netloc, _path, query, fragment = urlsplit(superuser_url)
    place = netloc.rpartition("@")[2]
    return urlunsplit((scheme, f"{role}:{quote(password, safe='')}@{place}", f"/{database}", query, fragment))


def _chosen_password(variable: str) -> str:
    """The password in the address that `variable` holds, or a new one."""
    return unquote(urlsplit(os.environ.get(variable, "")).password or "") or secrets.token_urlsafe(24)


def main() -> int:
    """Make everything and print the addresses; variables of these names that are set give the passwords."""
    parser = argparse.ArgumentParser(prog="python -m project.roles", description=__doc__)
    parser.add_argument(
        "superuser_url", metavar="SUPERUSER_URL", help="postgresql://postgres@127.0.0.1:5432/postgres"
    )
    parser.add_argument("--database", default="insights", metavar="NAME")
    given = parser.parse_args()
    try:
        database_url, owner_url = create(
            superuser_url=given.superuser_url,
            owner_password=_chosen_password("DATABASE_OWNER_URL"),
            app_password=_chosen_password("DATABASE_URL"),
            database=given.database,
        )
    except psycopg.Error as error:
        print(f"The roles could not be made: {error}", file=sys.stderr)
        return 1
    print(f"DATABASE_URL={shlex.quote(database_url)}")
    print(f"DATABASE_OWNER_URL={shlex.quote(owner_url)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
