"""Assessments and decisions, made again from the events that a ticket has."""
