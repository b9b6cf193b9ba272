"""Standing forces: the people of a street's enforcement centre, their shifts, days and marks."""
