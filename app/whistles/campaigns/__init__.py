"""Campaigns 专项行动: key work with a command, teams and a daily log (RULEBOOK D.14.4)."""
