"""Tests of grader/oracle."""
