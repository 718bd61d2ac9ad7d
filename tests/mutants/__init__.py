"""Mutation tests of the solver: plant small faults one at a time; the tests have to fail for each.

    python -m tests.mutants --count 300 --seed 1

A fault that no test notices is a survivor: either a test is missing, or the fault changes no result (``known.py`` lists
those, with reasons). Our own tool instead of a ready-made one, because half of the solver is C.
"""
