"""Requests that schemathesis makes from the description: right ones, wrong ones, and sequences of them.

`API_CONTRACT_SECONDS` are those that each caller has; sequences, which come last, have a part of them for themselves.
Where they are not set, the requests are the same each time; what only chance finds is for whoever asks for it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api_contract.world import World

HERE = Path(__file__).parent
PHASES = {"examples,coverage,fuzzing": 3, "stateful": 1}
"""The phases, and the share of the time that they have."""
CHANCE = ("--generation-database", "none")
PLACES = ("tenant", "provider")
SECONDS = int(os.environ.get("API_CONTRACT_SECONDS", "24"))


def settings(rows: dict[str, dict[str, str]], *, phases: str) -> str:
    """Return the configuration, with the arguments of paths that lead somewhere.

    Sequences find rows by themselves, in what was answered before; they are told the tenant and the provider alone.
    """
    written = [(HERE / "schemathesis.toml").read_text()]
    for place, arguments in rows.items():
        known = {name: value for name, value in arguments.items() if phases != "stateful" or name in PLACES}
        wanted = "".join(f'"path.{name}" = "{value}"\n' for name, value in known.items())
        written.append(f'[[operations]]\ninclude-path-regex = "{place}"\n[operations.parameters]\n{wanted}')
    return "\n".join(written)


def run(site: str, phases: str, key: str | None, folder: Path, rows: dict[str, dict[str, str]]) -> str:
    """Run schemathesis on the description that the site serves; return what it says when it finds something."""
    folder.joinpath("schemathesis.toml").write_text(settings(rows, phases=phases))
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{site}/api/v1/schema/?format=json",
        *("--phases", phases, "--checks", "all", "--no-color"),
        *("--max-time", str(SECONDS * PHASES[phases] // sum(PHASES.values()))),
        *(CHANCE if "API_CONTRACT_SECONDS" in os.environ else ("--generation-deterministic",)),
        *("--output-truncate", "true"),
        *(("--header", f"Authorization: Bearer {key}") if key else ()),
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "hooks.py")},
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout)  # noqa: T201  # shown where the test fails, or with -s
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("phases", PHASES)
@pytest.mark.parametrize("holder", ["tenant", "provider", "none"])
def test_answers_are_those_of_the_description(
    site: str, world: World, holder: str, phases: str, tmp_path: Path
) -> None:
    key = world.keys[holder]
    assert run(site, phases, key, tmp_path, world.rows if key else {}) == ""
