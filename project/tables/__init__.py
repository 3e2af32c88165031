"""How tables are written for programs and spreadsheets: one dialect for every download, attachment and answer."""

from project.tables.cells import Row, Value, plain, safe_cell
from project.tables.csv import csv_lines
from project.tables.xlsx import LAST_ROW, LONGEST_CELL, write_xlsx

__all__ = ["LAST_ROW", "LONGEST_CELL", "Row", "Value", "csv_lines", "plain", "safe_cell", "write_xlsx"]
