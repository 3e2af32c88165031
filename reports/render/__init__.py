"""Render what a report says: as a web page for mail programs, as text, as a chart, as CSV and as a
workbook.
"""
