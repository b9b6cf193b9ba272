"""Sheets for a person: lines of CSV, workbooks, their headings, words and names."""
