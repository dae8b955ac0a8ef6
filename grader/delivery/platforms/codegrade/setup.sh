#!/usr/bin/env bash
# Run once, in AutoTest's set-up: Python 3.11 or newer, bubblewrap, and a virtual environment beside this file.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
as_root=""
[ "$(id -u)" = 0 ] || as_root=sudo
python=""
for version in 3.13 3.12 3.11; do
    if "python$version" -c "import venv" 2> /dev/null; then python=python$version; break; fi
done
if [ -z "$python" ]; then
    $as_root apt-get update
    $as_root apt-get install -y --no-install-recommends python3.11 python3.11-venv
    python=python3.11
fi
# For the sandbox: libseccomp, and bubblewrap for where namespaces are allowed.
$as_root apt-get install -y --no-install-recommends libseccomp2 || true
command -v bwrap > /dev/null || $as_root apt-get install -y --no-install-recommends bubblewrap || true
"$python" -m venv "$here/venv"
# torch for the CPU is a tenth of the size of the usual one.
"$here/venv/bin/pip" install --quiet --extra-index-url https://download.pytorch.org/whl/cpu \
    --constraint "$here/constraints.txt" --requirement "$here/requirements.txt"
"$here/venv/bin/pip" install --quiet --require-hashes --no-deps --requirement "$here/sandbox-requirements.txt"
# Reference and hidden checks are for nobody else on this machine.
chmod -R go-rwx "$here"
