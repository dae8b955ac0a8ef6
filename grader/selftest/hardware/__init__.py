"""Tests of grader/hardware."""
