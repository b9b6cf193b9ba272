"""The page on which people report in with the street's one-time code."""
