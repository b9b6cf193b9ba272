"""Whistles seen: by whom, how much, in which list."""
