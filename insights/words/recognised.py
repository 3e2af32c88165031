"""What a look at a log found, in sentences: the same on the upload page, in the command and over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from insights.ingest.recognition import Doubt, Found, Recognition, Sureness

Names = Mapping[str, str | Promise]
"""The formats as the reader knows them; one without a name stands as it is."""

_SURE: Final[dict[Sureness, str | Promise]] = {
    Sureness.CERTAIN: gettext_lazy("certain"),
    Sureness.LIKELY: gettext_lazy("likely"),
}
_PROGRAMS: Final = 5
_COLUMNS: Final = 6


def found_words(recognition: Recognition, names: Names) -> str:
    """Say which format was recognised, how sure that is, and what it rests on; `recognition` has a format."""
    found = [look for look in recognition.found if look.matched] or list(recognition.found)
    return _("Recognised as %(format)s (%(sure)s): %(found)s.") % {
        "format": names.get(recognition.format or "", recognition.format),
        "sure": _SURE[recognition.sureness or Sureness.LIKELY],
        "found": "; ".join(_of_one(look, recognition, names) for look in found),
    }


def doubt_words(recognition: Recognition, names: Names) -> str:
    """Say why no format was recognised."""
    if recognition.doubt is Doubt.SEVERAL:
        claimed = "; ".join(_of_one(look, recognition, names) for look in recognition.found)
        return _(
            "Several formats claim lines of this file, and only one of them can be right: %(claimed)s."
        ) % {"claimed": claimed}
    if recognition.doubt is Doubt.TABLE:
        return _(
            "This is a table with the columns %(columns)s, and no mail server's log that is known: what its columns"
            " mean has to be said."
        ) % {"columns": _listed(recognition.columns, _COLUMNS)}
    if recognition.doubt is Doubt.RECORDS:
        return _("This file holds JSON, and no record in it is of a known mail server.")
    if not recognition.lines:
        return _("It begins with a line that does not end, which no mail server writes.")
    looked_at = ngettext(
        "The only line is of no mail server's log that can be read.",
        "None of the first %(count)s lines is of a mail server's log that can be read.",
        recognition.lines,
    ) % {"count": f"{recognition.lines:,}"}
    if recognition.programs:
        programs = _listed(list(recognition.programs), _PROGRAMS)
        return _("%(looked_at)s They are of %(programs)s.") % {"looked_at": looked_at, "programs": programs}
    return looked_at


def other_words(recognition: Recognition, own: str, *, source: str, names: Names) -> str:
    """Say that a source keeps its format and this log has another one."""
    return _("The source “%(source)s” is of the kind %(own)s and keeps it. This file: %(found)s") % {
        "source": source,
        "own": names.get(own, own),
        "found": found_words(recognition, names) if recognition.format else doubt_words(recognition, names),
    }


def _of_one(look: Found, recognition: Recognition, names: Names) -> str:
    told = _("%(format)s, %(matched)s of %(lines)s lines, %(events)s events") % {
        "format": names.get(look.format, look.format),
        "matched": f"{look.matched:,}",
        "lines": f"{recognition.lines:,}",
        "events": f"{look.events:,}",
    }
    if not look.matched and not look.odd:
        told = _("%(format)s, by the form of its lines, none of which tells of a login so far") % {
            "format": names.get(look.format, look.format)
        }
    if not look.odd:
        return told
    return _("%(told)s, %(odd)s of its lines in a form that is not known") % {
        "told": told,
        "odd": f"{look.odd:,}",
    }


def _listed(names: tuple[str, ...] | list[str], most: int) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
