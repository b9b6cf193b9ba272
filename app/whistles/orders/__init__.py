"""The order of a whistle 哨令: the paper by which people are sent (RULEBOOK D.14.4)."""
