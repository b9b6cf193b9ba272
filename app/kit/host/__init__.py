"""What the service runs on: its processes, its port, its database, and how they fare."""
