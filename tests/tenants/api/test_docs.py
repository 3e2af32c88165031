"""The description of the API as it is served, and the pages that show it."""

from __future__ import annotations

import json

import pytest
import yaml
from django.test import Client

from tests.api import Api

SCHEMA = "/api/v1/schema/"
pytestmark = pytest.mark.django_db


def test_description_is_yaml_or_json_and_the_same(nobody: Api) -> None:
    as_yaml, as_json = nobody.get(SCHEMA), nobody.get(SCHEMA, {"format": "json"})
    assert as_yaml["Content-Type"] == "application/vnd.oai.openapi"
    assert as_json["Content-Type"] == "application/vnd.oai.openapi+json"
    found = json.loads(as_json.content)
    assert found["openapi"] == "3.1.0"
    assert yaml.safe_load(as_yaml.content) == found


def test_description_is_not_sent_to_who_has_it(nobody: Api) -> None:
    tag = nobody.get(SCHEMA)["ETag"]
    again = nobody.get(SCHEMA, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert nobody.get(SCHEMA, {"format": "json"}, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [({"format": "xml"}, "format"), ({"version": "2"}, "version"), ({"lang": "ko"}, "lang")],
)
def test_other_forms_are_refused(nobody: Api, query: dict[str, str], field: str) -> None:
    assert [error["field"] for error in nobody.read("schema/", 400, **query)["errors"]] == [field]


@pytest.mark.parametrize("page", ["docs", "reference"])
def test_pages_keep_the_policy_and_load_from_here_alone(client: Client, page: str) -> None:
    response = client.get(f"/api/v1/{page}/")
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["script-src"] == policy["connect-src"] == "'self'"
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == ("'self'" if page == "docs" else "'self' 'unsafe-inline'")
    assert "http" not in "".join(response.content.decode().split('"')[1::2])


def test_exception_to_the_policy_is_that_pages_alone(client: Client) -> None:
    for path in ("/accounts/login/", "/api/v1/docs/", SCHEMA):
        assert "unsafe" not in client.get(path)["Content-Security-Policy"]
