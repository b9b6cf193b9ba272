"""The ticket, its life and its clock."""
