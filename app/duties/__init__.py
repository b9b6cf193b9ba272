"""What a street bears, organises and assists with, and the powers that it has in its own name."""
