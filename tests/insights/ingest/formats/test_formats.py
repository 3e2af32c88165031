"""Each format is known by the name that its parser gives itself, and none is imported before it is asked for."""

from __future__ import annotations

import subprocess
import sys
from zoneinfo import ZoneInfo

import pytest

from insights.ingest.formats import FORMATS

PARSERS = "{name for name in sys.modules if name.startswith('insights.ingest.formats.') and 'parser' in name}"


@pytest.mark.parametrize("name", FORMATS)
def test_format_is_named_as_its_parser(name: str) -> None:
    assert FORMATS[name](source_key="mx1", zone=ZoneInfo("UTC"), year=None).name == name


def test_unknown_format_is_not_there() -> None:
    assert "unheard of" not in FORMATS
    with pytest.raises(KeyError):
        FORMATS["unheard of"]


def test_parsers_are_imported_when_they_are_asked_for() -> None:
    told = (
        f"import sys; from insights.ingest.formats import FORMATS; list(FORMATS); print({PARSERS} or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "none"
