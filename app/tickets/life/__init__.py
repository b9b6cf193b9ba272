"""The life of a ticket as rules: statuses, parts, limits, warnings. Pure."""
