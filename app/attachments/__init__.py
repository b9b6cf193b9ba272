"""Files of a ticket."""
