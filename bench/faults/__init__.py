"""Kills the service and its database under writers, and counts what was lost, or written twice."""
