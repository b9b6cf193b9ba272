"""Standing forces: the people of a street's enforcement centre, their shifts and days."""
