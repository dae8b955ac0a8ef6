"""Slow and obvious versions of the tasks: oracles for small inputs, and what planted mistakes would give."""
