"""The board: the ranking of a period, opened down to its tickets, tried with other values, compared
with another period, drawn over time, sealed and verified."""
