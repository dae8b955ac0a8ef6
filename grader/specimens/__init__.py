"""Planted submissions: correct ones, misconceptions and attacks, each with what it must get."""
