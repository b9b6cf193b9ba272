"""Tickets searched by words and by what they are, however many there are."""
