"""The tables of the product, declared once: exports, the report command and the API give the same rows.

A kind is columns and a generator of rows; `payload`, `csv_lines` and `write_xlsx` write any of them.
"""

from reports.tables.kinds import KINDS, Kind
from reports.tables.payload import payload
from reports.tables.sheets import write_xlsx
from reports.tables.texts import csv_lines, safe_cell, text_table

__all__ = ["KINDS", "Kind", "csv_lines", "payload", "safe_cell", "text_table", "write_xlsx"]
