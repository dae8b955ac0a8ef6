"""`python -m grader` is the command `grader`."""

from grader.errors import end_at_ctrl_c

if __name__ == "__main__":
    end_at_ctrl_c()
    from grader.cli import main

    main()
