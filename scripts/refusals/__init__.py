"""Finds which refusals a route may answer, by reading the code that it runs."""
