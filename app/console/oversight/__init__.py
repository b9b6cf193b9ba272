"""Who looked at what, and what routing has learned: for who watches over the service."""
