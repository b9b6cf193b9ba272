"""A ticket's page: the request, what was done, and what this person may do now."""
