"""The tenant switcher stays on the page, the icons exist, and fields wear their class."""

import re

import pytest
from django import forms
from django.conf import settings
from django.template import Context
from django.test import RequestFactory
from django.urls import resolve

from project.templatetags.forms import css_class
from project.templatetags.frame import icon, switch_url

SPRITE = (settings.BASE_DIR / "project/static/img/icons.svg").read_text()
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
USED = {
    name
    for template in (settings.BASE_DIR / "templates").rglob("*.html")
    for name in re.findall(r'{% icon "([\w-]+)"', template.read_text())
}


@pytest.mark.parametrize("name", sorted(USED))
def test_icon_is_in_the_sprite(name: str) -> None:
    assert name in SYMBOLS
    assert f'img/icons.svg#{name}"' in icon(name)


@pytest.mark.parametrize(
    ("method", "url", "leads_to"),
    [
        ("GET", "/t/a/settings/", "/t/b/settings/"),
        ("GET", "/t/a/settings/?range=30d&row=9&domain=a.example&page=2", "/t/b/settings/?range=30d"),
        ("POST", "/t/a/settings/", "/t/b/"),
        ("GET", "/accounts/login/", "/t/b/"),
    ],
)
def test_switch_url_keeps_the_page_and_what_means_the_same(method: str, url: str, leads_to: str) -> None:
    request = RequestFactory().generic(method, url)
    request.resolver_match = resolve(request.path)
    assert switch_url(Context({"request": request}), "b") == leads_to


class Everything(forms.Form):
    name = forms.CharField()
    agree = forms.BooleanField()
    zone = forms.ChoiceField(choices=[("a", "A")])


def test_css_class_is_that_of_the_widget() -> None:
    form = Everything()
    assert [css_class(field) for field in form] == ["form-control", "form-check-input", "form-select"]
    answered = Everything({"agree": "on", "zone": "a"})
    assert css_class(answered["name"]) == "form-control is-invalid"
