"""A simulated city, lived through the same services, for demos and benches."""
