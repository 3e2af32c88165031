"""Form fields in the frame's dress: Django renders them, this only adds the classes of Tabler."""

from __future__ import annotations

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


def css_class(field: BoundField) -> str:
    """Name the class of Tabler for the field's widget, with `is-invalid` where the answer was refused."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, forms.Select):
        kind = "form-select"
    else:
        kind = "form-control"
    return f"{kind} is-invalid" if field.errors else kind


@register.simple_tag
def styled(field: BoundField) -> SafeString:
    """Render a field's widget with its class; classes that the form gave it stay."""
    own = str(field.field.widget.attrs.get("class", ""))
    return field.as_widget(attrs={"class": f"{own} {css_class(field)}".strip()})
