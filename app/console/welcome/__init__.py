"""The first visit: what an administrator sees of a city without any request."""
