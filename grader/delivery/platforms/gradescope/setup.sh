#!/usr/bin/env bash
# Run once, when Gradescope builds the image.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
exec bash "$root/source/grader/delivery/platforms/install.sh" "$root/source" "$root/venv"
