"""The facts of a period, counted."""
