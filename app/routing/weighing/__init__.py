"""Weighing: what speaks for each street, in numbers, and how far that can be trusted."""
