"""Acts on whistles: who does what, under one lock and on one record."""
