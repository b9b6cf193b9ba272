"""The operator's screens: a call taken down on one page, and the search for tickets."""
