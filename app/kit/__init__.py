"""Tools that know nothing of tickets."""
