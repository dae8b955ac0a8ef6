"""A `Submission` goes in, a `Report` comes out: which checks ran, what each came to, what a student may see."""
