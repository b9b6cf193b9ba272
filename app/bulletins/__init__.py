"""Bulletins of a day, a month, a quarter and a year: for programs, spreadsheets and paper."""
