"""Your solutions, one module a task group. You edit only this folder."""
