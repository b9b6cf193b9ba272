"""Requests and answers over HTTP, whatever the room."""
