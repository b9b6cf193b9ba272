"""The wall: the city's day in figures that are read from across a room."""
