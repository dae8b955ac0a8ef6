#!/usr/bin/env bash
# PrairieLearn's entrypoint. Whatever happens, results.json is there at the end.
root=${GRADE_ROOT:-/grade}
mkdir -p "$root/results"
cp "$root/tests/fault" "$root/results/results.json"
# Reference and hidden checks are for nobody else in this container.
chmod -R go-rwx "$root/tests"
cd "$root/tests" && "${GRADER_PYTHON:-/opt/venv/bin/python}" -m grader.delivery.platforms.prairielearn_run "$root"
exit 0
