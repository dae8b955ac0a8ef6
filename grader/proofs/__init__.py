"""The tests of the tests: planted submissions, attacks and mutants go in, what becomes of them comes out."""
