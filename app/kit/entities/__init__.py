"""Entities of a session, read and written by statements made once.

A session takes a statement and its result apart anew each time, and walks all that it may have to
write: an act, which reads a ticket with its dispatches and changes some columns of them, spent a
third of its time so.
"""
