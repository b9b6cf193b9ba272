"""The dispatcher's screens: a ticket that no rule could place, with its candidates side by side;
and tickets that may be one matter."""
