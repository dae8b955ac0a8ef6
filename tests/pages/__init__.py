"""What `python -m tests.page` writes: the board, diagnoses, and pictures of what the student's code does."""
