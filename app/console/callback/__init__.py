"""The callback desk's screens: whom to call now, and the script of three questions."""
