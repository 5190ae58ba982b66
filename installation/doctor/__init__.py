"""Everything the system needs, looked at from outside it: each thing that is wrong with its cure.

A look changes nothing, and each is made apart from the others: one that fails says so, and the next one is made.
"""
