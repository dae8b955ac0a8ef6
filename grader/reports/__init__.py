"""A report as an instructor or student reads it: terminal, HTML, JSON."""
