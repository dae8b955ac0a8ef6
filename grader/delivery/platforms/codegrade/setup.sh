#!/usr/bin/env bash
# Run once, in AutoTest's set-up: the virtual environment gets beside this file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
exec bash "$here/grader/delivery/platforms/install.sh" "$here" "$here/venv"
