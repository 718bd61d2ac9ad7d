"""The database of profiles: tables, and a store that maps rows to values by hand."""
