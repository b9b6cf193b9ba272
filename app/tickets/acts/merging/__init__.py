"""One matter, several citizens: a group has one clock, and each of its citizens is one person."""
