"""An archive or folder goes in, a clean `Submission` comes out, or the sentence that says why there is none."""
