#!/usr/bin/env bash
# install.sh FOLDER VENV installs what grading needs on Debian or Ubuntu: Python 3.11 or newer, libraries of the sandbox,
# and packages in a new virtual environment. FOLDER holds what `grader build` packed.
set -euo pipefail
folder=$1
venv=$2
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

# Nobody is there to answer questions, such as that for a time zone.
apt_get() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get "$@"; }

# Debian's python3.11 can import venv, but makes no virtual environment: ensurepip is in a package of its own.
find_python() {
    for version in 3.13 3.12 3.11 3.14; do
        if "python$version" -c "import ensurepip, venv" 2> /dev/null; then echo "python$version"; return; fi
    done
}

apt_get update || true
python=$(find_python)
if [ -z "$python" ]; then
    for version in 3.13 3.12 3.11 3.14; do
        if apt_get install -y --no-install-recommends "python$version" "python$version-venv"; then break; fi
    done
    python=$(find_python)
fi
if [ -z "$python" ]; then
    echo "There is no Python 3.11 or newer here: choose Ubuntu 22.04, Debian 12, or newer." >&2
    exit 1
fi
# For the sandbox: libseccomp, and bubblewrap for where namespaces are allowed.
apt_get install -y --no-install-recommends libseccomp2 || true
command -v bwrap > /dev/null || apt_get install -y --no-install-recommends bubblewrap || true
"$python" -m venv "$venv"
# torch for the CPU is a tenth of the size of the usual one.
"$venv/bin/pip" install --quiet --extra-index-url https://download.pytorch.org/whl/cpu \
    --constraint "$folder/constraints.txt" --requirement "$folder/requirements.txt"
"$venv/bin/pip" install --quiet --require-hashes --no-deps --requirement "$folder/sandbox-requirements.txt"
# Reference and hidden checks are for nobody else on this machine.
chmod -R go-rwx "$folder"
# What the log of the set-up is to end with: which sandbox works here. Another machine may do the grading.
(cd "$folder" && "$venv/bin/python" -m grader doctor) || true
