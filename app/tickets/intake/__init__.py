"""The one way in for requests."""
