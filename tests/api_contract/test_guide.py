"""The guide for those who integrate (docs/api.md): what it shows is run as it stands, against the running site."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from insights.ingest.feeds.limits import MAX_BYTES, MAX_LINES, MAX_RECORD_BYTES, MAX_RECORDS
from tenants.api.docs import description
from tenants.api.problems import type_of
from tenants.roles import Scope
from tests.api_contract.world import World
from tests.insights.ingest.lines import messages

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
SHAPES = ["TenantList", "LinesAnswer", "BatchAnswer", "Problem"]
"""What the JSON of the guide is, in its order."""
EVENTS = 5


def blocks(language: str) -> list[str]:
    """Return what the guide shows in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)


def at_present(text: str, *, now: datetime) -> str:
    """Move the guide's days into those that the customer keeps."""
    days = {"2026-11-01": 20, "2026-11-30": 1, "2026-11-17": 1}
    for written, ago in days.items():
        text = text.replace(written, f"{now - timedelta(days=ago):%Y-%m-%d}")
    return text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a log of this morning and one of yesterday."""
    now = datetime.now(UTC).replace(microsecond=0)
    (tmp_path / "mail.log").write_bytes(messages(now - timedelta(hours=1), EVENTS, first=100))
    with gzip.open(tmp_path / "mail.log.1.gz", "wb") as packed:
        packed.write(messages(now - timedelta(hours=20), EVENTS, first=200))
    return tmp_path


def test_commands_do_what_they_say(site: str, world: World, folder: Path) -> None:
    shown = at_present("\n".join(blocks("bash")), now=datetime.now(UTC))
    assert shown.count("api ") > 10
    script = re.sub(
        r"^export .*$", f"export SITE={site} KEY={world.keys['provider']}", shown, flags=re.MULTILINE
    )
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace("/var/log/", f"{folder}/")],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert (folder / "failures.csv").read_text().startswith("account,client_ip,mechanism,reason,failures,")
    assert (folder / "november.xlsx").read_bytes().startswith(b"PK")
    lines = next(json.loads(one) for one in re.findall(r"\{[^{}]*\"evidence\"[^{}]*\}", done.stdout))
    assert (lines["event"], lines["accepted"], lines["rejected"]) == (EVENTS, EVENTS, [])
    assert '"accepted":1,"duplicate":0,"rejected":[]' in done.stdout
    assert "whsec_" in done.stdout


def test_programs_run(
    site: str,
    world: World,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SITE", site)
    monkeypatch.setenv("KEY", str(world.keys["provider"]))
    known: dict[str, Any] = {}
    for program in blocks("python"):
        exec(program, known)  # noqa: S102  # what the guide shows is what is to be tried
    answer = known["send"]((folder / "mail.log").read_text().splitlines())
    assert answer["event"] == answer["accepted"] + answer["duplicate"] == EVENTS
    assert "Globex {'TLS1.3': 0," in capsys.readouterr().out


def test_bodies_have_the_described_shapes() -> None:
    shown = [json.loads(block) for block in blocks("json")]
    components = json.loads(description("json"))["components"]
    assert len(shown) == len(SHAPES)
    for body, shape in zip(shown, SHAPES, strict=True):
        schema = {"$ref": f"#/components/schemas/{shape}", "components": components}
        assert [error.message for error in Draft202012Validator(schema).iter_errors(body)] == [], shape
        assert set(components["schemas"][shape]["required"]) == set(body), shape


def test_limits_and_names_are_those_of_the_code() -> None:
    assert f"| body, unpacked | {MAX_BYTES // 2**20} MiB" in GUIDE
    assert f"| events in a batch | {MAX_RECORDS:,} |" in GUIDE
    assert f"| lines in a request | {MAX_LINES:,} |" in GUIDE
    assert f"| one line or record | {MAX_RECORD_BYTES // 1024} KiB |" in GUIDE
    assert [scope for scope in Scope.values if f"| `{scope}` |" not in GUIDE] == []
    told = {
        int(status): name
        for status, name in re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", GUIDE, re.MULTILINE)
    }
    assert told == {status: type_of(status).rpartition(":")[2] for status in told}
    assert len(told) == 12
