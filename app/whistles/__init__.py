"""Street whistles, departments report in (RULEBOOK D.14)."""
