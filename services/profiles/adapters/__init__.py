"""How profiles keeps what it owns: tables, and a store that maps rows to values by hand."""
