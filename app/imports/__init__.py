"""Imports: finished cases of an older system, taken in as they are."""
