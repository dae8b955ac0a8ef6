"""Tests of the course file, and of all that follows it: grading, releases, what is built."""
