"""Secondary figures of the work, beside the ranking."""
