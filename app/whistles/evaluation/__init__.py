"""The record of a whistle: what the street says of each department that it called (D.15)."""
