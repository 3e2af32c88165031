"""The report as a workbook: a sheet with the summary, and the detailed counts on as many sheets as they
need.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from insights.marks import AUTH_MARKS, TLS_MARKS
from reports.content import ReportContent
from reports.render import words
from reports.render.cells import COLUMNS, cell

ROWS_A_SHEET = 1_048_575
"""Rows below the head that Excel shows on one sheet."""
_WIDTHS = (11, 34, 22, 34, 17, 11, 12, 11, 11, 11, 26, 26)


class ReportXlsx:
    """Writes the workbook to `path`, row after row with bounded memory; `close` makes it whole."""

    def __init__(self, path: Path, content: ReportContent) -> None:
        self._book = xlsxwriter.Workbook(
            path,
            {
                "constant_memory": True,
                "tmpdir": str(path.parent),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._bold = self._book.add_format({"bold": True})
        self._number = self._book.add_format({"num_format": "#,##0"})
        self._percent = self._book.add_format({"num_format": '0.0" %"'})
        self._sheets = 0
        self._row = ROWS_A_SHEET + 1
        self._sheet: Any = None
        self._summarise(content)

    def write(self, cells: Sequence[str | float]) -> None:
        """Write one detailed row, on a new sheet when the last one is full."""
        if self._row > ROWS_A_SHEET:
            self._begin_sheet()
        for column, value in enumerate(cells):
            self._cell(self._sheet, self._row, column, value)
        self._row += 1

    def close(self) -> None:
        """Finish the file; a report without rows still has its details sheet, with the head alone."""
        if self._sheet is None:
            self._begin_sheet()
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        name = _("Details")
        self._sheet = self._book.add_worksheet(name if self._sheets == 1 else f"{name} {self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for column, width in enumerate(_WIDTHS):
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(0, column, COLUMNS[column], self._bold)
        self._row = 1

    def _summarise(self, content: ReportContent) -> None:
        sheet = self._book.add_worksheet(_("Summary"))
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 3, 14)
        blocks: list[Iterable[Any]] = [
            [words.title(content)],
            *([sentence] for sentence in words.sentences(content)),
            [_("Days and times of the summary: %(zone)s") % {"zone": content.time_zone}],
            [],
            *([label, number] for label, number in words.facts(content)),
            [],
            [_("TLS version"), _("Messages"), _("Percent")],
            *(
                [str(TLS_MARKS[line.tls_version].label), line.messages, line.percent]
                for line in content.tls
                if line.messages
            ),
            [_("Total"), content.totals.messages],
            [],
            [_("Authentication"), _("Messages"), _("Percent")],
            *(
                [f"{AUTH_MARKS[line.auth_class].label}: {line.mechanism}", line.messages, line.percent]
                for line in content.auth
            ),
            [_("Total"), content.totals.messages],
            [],
            [_("Day"), _("Messages"), _("Recipients"), _("Accounts")],
            *([line.day, line.messages, line.recipients, line.accounts] for line in content.by_day),
        ]
        for row, block in enumerate(blocks):
            for column, value in enumerate(block):
                self._cell(sheet, row, column, cell(value))

    def _cell(self, sheet: Any, row: int, column: int, value: str | float) -> None:
        if not isinstance(value, str):
            sheet.write_number(row, column, value, self._number if isinstance(value, int) else self._percent)
        elif value:
            sheet.write_string(row, column, value)
