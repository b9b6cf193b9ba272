"""A text as it is read: one way of writing, the names in it, the place that it is about."""
