"""The colours of mails are those of the style sheet, which mails cannot load."""

from __future__ import annotations

import re
from pathlib import Path

from insights.marks import AUTH_MARKS, TLS_MARKS
from reports.render.colours import COLOURS

SHEET = Path(__file__).resolve().parents[2] / "project" / "static" / "css" / "marks.css"


def test_colours_are_those_of_the_light_theme() -> None:
    light = SHEET.read_text().partition(":root[data-bs-theme")[0]
    known = dict(re.findall(r"--c-([a-z0-9-]+):\s*(#[0-9a-f]+);", light))
    wanted = {version: known[mark.css] for version, mark in TLS_MARKS.items()}
    assert {version: COLOURS[version] for version in TLS_MARKS} == wanted
    classes = {auth_class: known[mark.css] for auth_class, mark in AUTH_MARKS.items()}
    assert {auth_class: COLOURS[auth_class] for auth_class in AUTH_MARKS} == classes
