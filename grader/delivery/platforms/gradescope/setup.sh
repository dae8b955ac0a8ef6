#!/usr/bin/env bash
# Run once, when Gradescope builds the image: Python 3.11 or newer, bubblewrap, and a virtual environment.
set -euo pipefail
root=${AUTOGRADER_ROOT:-/autograder}
python=""
for version in 3.13 3.12 3.11; do
    if "python$version" -c "import venv" 2> /dev/null; then python=python$version; break; fi
done
if [ -z "$python" ]; then
    apt-get update
    apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
# For the sandbox: libseccomp, and bubblewrap for where namespaces are allowed.
apt-get install -y --no-install-recommends libseccomp2 || true
command -v bwrap > /dev/null || apt-get install -y --no-install-recommends bubblewrap || true
"$python" -m venv "$root/venv"
# torch for the CPU is a tenth of the size of the usual one.
"$root/venv/bin/pip" install --quiet --extra-index-url https://download.pytorch.org/whl/cpu \
    --constraint "$root/source/constraints.txt" --requirement "$root/source/requirements.txt"
"$root/venv/bin/pip" install --quiet --require-hashes --no-deps --requirement "$root/source/sandbox-requirements.txt"
# Reference and hidden checks are for nobody else on this machine.
chmod -R go-rwx "$root/source"
