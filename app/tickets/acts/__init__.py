"""Acts on a ticket, by people and by the clock."""
