"""Addresses come from whoever sends mail: shown whole in the end, and never as another one."""

import pytest
from django.template.loader import render_to_string

from insights.templatetags.addresses import address, halves, visible


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("alice@contoso.example", ("alice", "@contoso.example")),
        ("scanner", ("scanner", "")),
        ("a@" + "very.long." * 4 + "example", ("a@" + "very.long." * 3 + "very.", "long.example")),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", ("2001:db8:85a3:8d3:1319:8", "a2e:370:7348")),
        ("@contoso.example", ("@contoso.example", "")),
        ("مدير@contoso.example", ("مدير@contoso.example", "")),
    ],
)
def test_halves_keep_a_usual_domain_whole(text: str, parts: tuple[str, str]) -> None:
    assert halves(text) == parts
    assert "".join(halves(text)) == text


def test_visible_shows_what_would_turn_or_hide_text() -> None:
    assert visible("x\u202egnp\u200b@contoso.example\n") == "x⟨U+202E⟩gnp⟨U+200B⟩@contoso.example⟨U+000A⟩"
    assert visible("müller@contoso.example") == "müller@contoso.example"


def test_address_escapes_markup() -> None:
    html = render_to_string("partials/address.html", address('<b>"x"@contoso.example', copy=True))
    assert "<b>" not in html
    assert "&lt;b&gt;&quot;x&quot;" in html


@pytest.mark.parametrize("unknown", ["", None])
def test_address_unknown_is_a_dash(unknown: str | None) -> None:
    assert render_to_string("partials/address.html", address(unknown)).strip() == (
        '<span class="address-none">–</span>'
    )
