"""Mutation testing: the reference with one small mistake at a time, held against the checks."""
