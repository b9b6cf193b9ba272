"""What is shown of tickets, and to whom."""
