"""The committed description is that of the code, and says everything that somebody who integrates needs."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from tenants.api.about import CHAPTERS
from tenants.api.docs import description
from tests.api_routes import views_of_the_api

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
NAME = re.compile(r"[a-z]+(_[a-z]+)+")
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Operation:
    """An operation of the description, with the whole for what it refers to."""

    method: str
    path: str
    content: dict[str, Any]
    whole: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def answers(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield every declared status with its response."""
        for status, answer in self.content["responses"].items():
            reference = answer.get("$ref", "").rpartition("/")[2]
            yield int(status), self.whole["components"]["responses"][reference] if reference else answer

    def bodies(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield a name, the media type and the content of the body that is sent and of those that are answered."""
        for media_type, content in self.content.get("requestBody", {}).get("content", {}).items():
            yield "the request", media_type, content
        for status, answer in self.answers():
            for media_type, content in answer.get("content", {}).items():
                yield f"a {status}", media_type, content


def read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(description("yaml"))
    return found


def operations() -> list[Operation]:
    whole = read()
    return [
        Operation(method, path, content, whole)
        for path, methods in whole["paths"].items()
        for method, content in methods.items()
    ]


EACH = pytest.mark.parametrize("operation", operations(), ids=str)


def test_committed_description_is_that_of_the_code() -> None:
    now, kept = description("yaml").decode(), COMMITTED.read_text()
    changes = list(
        difflib.unified_diff(kept.splitlines(), now.splitlines(), "committed", "the code", "", "", 1)
    )
    assert changes[:60] == [], "run `make schema` and commit docs/openapi.yaml with the change"


def test_description_is_valid_and_nothing_had_to_be_guessed() -> None:
    reset_generator_stats()
    description.cache_clear()
    found = read()
    assert (dict(GENERATOR_STATS._error_cache), dict(GENERATOR_STATS._warn_cache)) == ({}, {})
    validate_schema(found)  # type: ignore[no-untyped-call]


def test_every_view_of_the_api_is_described() -> None:
    described = {(operation.path, operation.method) for operation in operations()}
    served = {(found.template, method) for found in views_of_the_api() for method in found.methods}
    assert served == described


def test_names_of_operations_are_unique() -> None:
    names = [operation.content["operationId"] for operation in operations()]
    assert len(names) == len(set(names))


@EACH
def test_operation_says_what_it_does(operation: Operation) -> None:
    content = operation.content
    assert NAME.fullmatch(content["operationId"])
    assert 3 <= len(content.get("summary", "")) <= 80
    assert not content["summary"].endswith(".")
    assert len(content.get("description", "")) > 15
    assert content["tags"][0] in CHAPTERS
    assert len(content["tags"]) == 1


@EACH
def test_parameters_are_those_of_the_view_and_described(operation: Operation) -> None:
    parameters = operation.content.get("parameters", [])
    assert [one["name"] for one in parameters if not one.get("description")] == []
    declared = {one["name"] for one in parameters if one["in"] == "query"}
    view = next(found.view for found in views_of_the_api() if found.template == operation.path)
    assert declared == set(view.parameters.get(operation.method.upper(), ()))


@EACH
def test_every_error_is_declared_in_the_one_shape(operation: Operation) -> None:
    answers = dict(operation.answers())
    wanted = {400, 401, 403, 404, 429} | ({413, 415} if "requestBody" in operation.content else set())
    assert wanted - set(answers) == set()
    assert any(200 <= status < 300 for status in answers)
    for status, answer in answers.items():
        if status >= 400:
            assert list(answer["content"]) == [PROBLEM], status
            assert answer["content"][PROBLEM]["schema"] == {"$ref": "#/components/schemas/Problem"}, status
            assert answer["description"], status


@EACH
def test_every_body_has_an_example_that_is_one(operation: Operation) -> None:
    for name, media_type, content in operation.bodies():
        examples = [one["value"] for one in content.get("examples", {}).values()]
        examples += [content["example"]] if "example" in content else []
        if media_type not in {JSON, PROBLEM}:
            continue
        assert examples, f"{name} has no example"
        schema = {**content["schema"], "components": operation.whole["components"]}
        validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for example in examples:
            assert [error.message for error in validator.iter_errors(example)] == [], name
