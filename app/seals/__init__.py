"""Seals: sealing a period, verifying a seal, adjustments after it."""
