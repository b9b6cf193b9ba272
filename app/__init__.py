"""Jiesu (接诉即办): a citizen's request finds its street, is worked, called back and counted."""
