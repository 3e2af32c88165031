"""The house rules that no linter knows: sizes, names, layers, clocks, queues, templates, addresses."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("project", "tenants", "insights", "reports")
HARD_LIMIT = 500
MEDIAN_LIMIT = 100
VAGUE_NAMES = frozenset(
    {"utils", "util", "helpers", "helper", "services", "service", "common", "misc", "tools"}
)
# Where people, machines and the beat ask: these pass `now` on to everything below them.
ASKS_THE_CLOCK = frozenset({"web", "api", "management", "admin", "tasks", "health", "embedded", "middleware"})
# `celery` makes the tasks' own way to queue after a commit.
QUEUES_WORK = frozenset({"web", "api", "management", "admin", "tasks", "celery"})
CLOCKS = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "timezone.localdate",
     "timezone.localtime", "time.time"}
)  # fmt: skip


def committed(*patterns: str) -> list[Path]:
    """The files that are in git or about to be, generated lock files left out."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for line in listing.stdout.splitlines() if (path := ROOT / line).is_file()]


def modules(*packages: str) -> list[Path]:
    return [path for path in committed("*.py") if path.relative_to(ROOT).parts[0] in packages]


def room_of(path: Path) -> str:
    """The part of an app that a module belongs to: `web` for insights/web/pages.py and insights/web.py."""
    return path.relative_to(ROOT).with_suffix("").parts[1]


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name, at most its last two parts, of every call in a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            yield node.lineno, f"{name}.{node.func.attr}"


def lines_matching(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_every_file_stays_below_the_hard_limit() -> None:
    files = committed("*.py", "*.html", "*.js", "*.css", "*.md", "Makefile", ".ci/*")
    sizes = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {name: size for name, size in sizes.items() if size >= HARD_LIMIT} == {}


def test_the_median_module_is_small() -> None:
    sizes = [len(path.read_text().splitlines()) for path in modules(*PACKAGES) if path.name != "__init__.py"]
    assert statistics.median(sizes) < MEDIAN_LIMIT


def test_names_say_what_happens() -> None:
    vague = [path for path in committed("*.py") if VAGUE_NAMES & {path.stem, path.parent.name}]
    assert vague == []


def test_every_module_opens_with_a_docstring() -> None:
    exempt = {"migrations", "commands", "management"}
    silent = [
        str(path.relative_to(ROOT))
        for path in modules(*PACKAGES, "tests")
        if path.parent.name not in exempt
        and not (path.name == "__init__.py" and path.is_relative_to(ROOT / "tests"))
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_layers_hold_and_nothing_is_cyclic() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_domain_code_is_given_the_time_and_never_asks_for_it() -> None:
    asked = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules(*PACKAGES)
        if room_of(path) not in ASKS_THE_CLOCK
        for line, name in calls(path)
        if name in CLOCKS
    ]
    assert asked == []


def test_domain_code_never_queues_work() -> None:
    queued = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules(*PACKAGES)
        if room_of(path) not in QUEUES_WORK
        for line, name in calls(path)
        if name.rpartition(".")[2] in {"delay", "delay_on_commit", "apply_async", "send_task"}
    ]
    assert queued == []


def test_tasks_wait_for_the_commit() -> None:
    early = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in modules(*PACKAGES)
        if room_of(path) not in {"tasks", "celery"}
        for line, name in calls(path)
        if name.rpartition(".")[2] in {"delay", "apply_async"}
    ]
    assert early == []


def test_no_signals_but_those_of_migrations() -> None:
    pattern = re.compile(
        r"@receiver\b|\b(?:pre|post)_(?:save|delete|init)\b|m2m_changed|request_(?:started|finished)"
    )
    assert lines_matching(pattern, modules(*PACKAGES)) == []


def test_pages_carry_no_inline_script_or_style() -> None:
    """The content security policy would refuse them; mails have none and need their styles inline."""
    pages = [path for path in committed("*.html") if "email" not in path.parts]
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:"
    )
    assert lines_matching(inline, pages) == []


def test_templates_mark_nothing_as_safe() -> None:
    pattern = re.compile(r"\|\s*safe\b|autoescape off|\bmark_safe\(")
    assert lines_matching(pattern, [*committed("*.html"), *modules(*PACKAGES)]) == []


def test_pages_load_nothing_from_other_hosts() -> None:
    pages = [path for path in committed("*.html", "*.css", "*.js") if "email" not in path.parts]
    assert (
        lines_matching(
            re.compile(r"(?:src|href)=[\"'](?:https?:)?//|@import|url\([\"']?(?:https?:)?//"), pages
        )
        == []
    )


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "X" * 3])
def test_nothing_is_left_for_later(word: str) -> None:
    assert (
        lines_matching(re.compile(rf"\b{word}\b"), committed("*.py", "*.html", "*.js", "*.css", "*.md")) == []
    )


def test_no_address_of_a_package_registry_is_committed() -> None:
    """Written with brackets and in pieces, so that this file does not find itself."""
    hosts = re.compile(r"(?:pypi|pythonhosted|npm" + r"js|yarnpkg)[.](?:org|com)|deb[.]debian[.]org")
    options = re.compile(r"\"resolved" + r"\"\s*:|^\s*(?:--)?(?:extra-)?index-" + r"url\b|^\s*registry\s*=")
    everything = [
        path for path in committed() if path.suffix not in {".gz", ".zst", ".png", ".ico", ".woff2"}
    ]
    assert lines_matching(hosts, everything) == []
    assert lines_matching(options, everything) == []


def test_every_locked_package_has_a_hash() -> None:
    for lock in committed("requirements/*.txt"):
        entries = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", lock.read_text()).strip())
        assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == [], lock
