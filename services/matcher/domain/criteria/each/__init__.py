"""The criteria, one file each; what an admin sets about them is in ``weights/criteria/<name>.json``.

A criterion is a module with two functions: ``code(pool)`` turns what both sides said into points of 0 to 100, and
``shared(mentee, mentor, pool)`` names the codes behind the points, for words to people.
"""
