"""Access: keys, their roles, and the gate that lets them in."""
