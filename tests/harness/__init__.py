"""The pytest plugin that both sides use: the `student` fixture, points, verdicts, diagnoses."""
