"""The tables of the product, declared once: exports, the report command and the API give the same rows.

A kind is columns and a generator of rows; `json_pieces`, `csv_lines` and `write_xlsx` write any of them.
"""

from reports.tables.kinds import KINDS, Kind, Totals
from reports.tables.payload import json_pieces
from reports.tables.sheets import write_xlsx
from reports.tables.texts import csv_lines, safe_cell, text_table

__all__ = ["KINDS", "Kind", "Totals", "csv_lines", "json_pieces", "safe_cell", "text_table", "write_xlsx"]
