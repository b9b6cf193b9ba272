"""The screens of who rules: one decision at a time, and the registers of what is held, excluded,
asked and raised."""
