"""Sealing a period, verifying a seal, and what was recorded after it."""
