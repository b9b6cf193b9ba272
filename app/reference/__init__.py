"""What stands in the data, for consoles to read: categories, the catalogue's rules, policies."""
