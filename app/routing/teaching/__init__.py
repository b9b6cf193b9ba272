"""What a confirmed dispatch may teach: which names can be a place, and whose word weighs."""
