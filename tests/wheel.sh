#!/usr/bin/env bash
# The wheel is built, installed into a fresh environment, and verifies the sample portraits from there.
# Usage: tests/wheel.sh LIBRARY. Needs python3 with venv, and PyPI for numpy and cffi.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 -m venv "$scratch/venv"
python=$scratch/venv/bin/python
"$python" -m pip install --quiet --upgrade "setuptools>=77" wheel pytest
bash "$root/dist/wheel.sh" "$1" "$scratch/out" "$python"
"$python" -m pip install --quiet "$scratch"/out/facecert-*.whl
cp "$root/bindings/python/tests/test_library.py" "$scratch/test_library.py"
sed -i "s|^ROOT = .*|ROOT = Path('$root')|" "$scratch/test_library.py"
cd "$scratch"
env -u PYTHONPATH -u FACECERT_LIBRARY -u FACECERT_HEADER "$python" -m pytest -q test_library.py
