"""Mutation tests of the matching kernel: small faults are planted one at a time, and the tests have to notice each.

    python -m tests.mutants --count 300 --seed 1

A fault that no test notices is a survivor: either a test is missing, or the fault changes nothing that anybody could
see (`known.py` says which, and why). Our own instead of a ready-made tool, because half of the kernel is C.
"""
