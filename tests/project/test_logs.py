"""What the logs of every process cost before it does anything."""

import subprocess
import sys

from tests.processes import ROOT, environment

_LOADED = """
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
import django

django.setup()
import structlog.dev

print("rich.console" in sys.modules, "rich" in sys.modules, structlog.dev.rich)
import rich
"""


def test_a_command_loads_no_rich_and_can_still_have_it() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", _LOADED],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == ["False", "False", "None"]
