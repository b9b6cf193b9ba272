"""What is done to a ticket, by people and by the clock."""
