"""What happened, for each office, in order and without gaps; and what waits for it."""
