"""Before a whistle 点单: whom to call, what speaks against it, and where none was blown."""
