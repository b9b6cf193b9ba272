"""The rules as data: dated documents, parsed and checked, and the record of what was in force."""
