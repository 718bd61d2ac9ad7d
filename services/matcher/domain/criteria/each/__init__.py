"""The criteria, one file each; their labels, defaults and tables are in ``weights/criteria/<name>.json``.

A criterion is a module with two functions: ``code(pool)`` encodes the answers of both sides as points of 0 to 100, and
``shared(mentee, mentor, pool)`` returns the shared codes behind the points, which are shown to people as words.
"""
