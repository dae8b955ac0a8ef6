"""The same timing tasks on real hardware: a GPU where there is one, and the CPU with looser bands.

    python -m pytest -m gpu grader/hardware            the code in assignment/, on the GPU
    python -m pytest -m cpu grader/hardware            the same checks on the CPU
    grader hardware SUBMISSION                         both, with the submission in a sandbox
    grader hardware --record FILE.json                 records timings of this machine as a fixture
    make gpu                                           all this on the reference and planted mistakes, and records

The work runs on the trusted side, and so do the clocks: the submission only says what is called when.
"""
