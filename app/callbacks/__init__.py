"""Callbacks: the citizen's answers (reached? contacted? resolved? satisfied?) and appeals."""
