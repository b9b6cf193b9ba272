"""Whistles 吹哨: a street calls departments to a place, and they report in 报到 (RULEBOOK D.14)."""
