"""Policy: the rules as dated documents, parsed, checked, and recorded once they are used."""
