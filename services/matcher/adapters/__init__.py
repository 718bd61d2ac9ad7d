"""How the matcher's ports are kept: tables, queries, and rows to values by hand."""
