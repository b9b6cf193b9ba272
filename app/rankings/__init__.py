"""Three rates, 30/35/35, and the order they put the offices in."""
