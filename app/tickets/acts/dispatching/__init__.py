"""Who a ticket goes to: its lead and the other offices, and what routing learns of it."""
