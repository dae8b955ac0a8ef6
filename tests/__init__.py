"""Public tests: what a student runs, and the first half of what is graded."""
