"""Streets evaluate departments: a mark for each period, and performance from it (D.15)."""
