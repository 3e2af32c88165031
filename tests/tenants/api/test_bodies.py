"""What is said of bodies that cannot be read, and of members that nobody would look at."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError

from tenants.api.bodies import MAX_BODY, Body, BoundedJson
from tenants.api.problems import TooLarge


class Thing(Body):
    """A body with a member that only answers have."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField()
    size = serializers.IntegerField(required=False)
    is_on = serializers.BooleanField(required=False)
    words = serializers.ListField(child=serializers.CharField(), required=False)


def _parsed(body: bytes) -> Any:
    return BoundedJson().parse(BytesIO(body))


def test_json_is_read() -> None:
    assert _parsed(b'{"name": "mx1"}') == {"name": "mx1"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1, NaN]",
        b'{"a": -Infinity}',
        b'"\xff"',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"1" * 5_000,
    ],
)
def test_what_is_no_json_is_a_parse_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        _parsed(body)


def test_body_over_the_limit_is_too_large() -> None:
    whole = json.dumps("x" * (MAX_BODY - 2)).encode()
    assert len(whole) == MAX_BODY
    assert len(_parsed(whole)) == MAX_BODY - 2
    with pytest.raises(TooLarge):
        _parsed(whole + b" ")


def _refused(data: Any) -> dict[str, list[str]]:
    body = Thing(data=data)
    with pytest.raises(ValidationError) as refused:
        body.is_valid(raise_exception=True)
    assert isinstance(refused.value.detail, dict)
    return {name: [str(reason) for reason in reasons] for name, reasons in refused.value.detail.items()}


def test_unknown_members_are_named_beside_the_other_mistakes() -> None:
    assert _refused({"size": "big", "colour": "blue"}) == {
        "colour": ["is not a member here; it can be is_on, name, size, words."],
        "name": ["This field is required."],
        "size": ["is no whole number."],
    }


def test_member_of_answers_alone_is_not_taken() -> None:
    assert list(_refused({"id": "1", "name": "mx1"})) == ["id"]


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_body_that_is_no_object_is_refused(data: Any) -> None:
    assert list(_refused(data)) == ["non_field_errors"]


@pytest.mark.parametrize("name", ["a\x00b", "\ud800"])
def test_text_that_postgresql_cannot_hold_is_refused(name: str) -> None:
    assert list(_refused({"name": name})) == ["name"]


@pytest.mark.parametrize(
    ("member", "value", "place", "reason"),
    [
        ("name", 0, "name", "is no text."),
        ("name", True, "name", "is no text."),
        ("size", "7", "size", "is no whole number."),
        ("size", True, "size", "is no whole number."),
        ("size", 7.0, "size", "is no whole number."),
        ("is_on", 0, "is_on", "is neither true nor false."),
        ("is_on", "true", "is_on", "is neither true nor false."),
        ("words", ["a", 1], "words.1", "is no text."),
        ("words", "a", "words", 'Expected a list of items but got type "str".'),
        ("name", None, "name", "This field may not be null."),
    ],
)
def test_value_of_another_type_is_refused(member: str, value: Any, place: str, reason: str) -> None:
    assert _refused({"name": "mx1", member: value}) == {place: [reason]}


def test_form_has_texts_alone() -> None:
    body = Thing(data=QueryDict("name=mx1&size=7"))
    assert body.is_valid()
    assert body.validated_data["size"] == 7
