"""The rules of a whistle and of its summonses: pure."""
