#!/usr/bin/env bash
# A Python wheel with the shared library and its header inside, for this kind of machine.
# Usage: dist/wheel.sh LIBRARY OUT [PYTHON]. PYTHON needs the packages pip, setuptools (77 or later) and wheel.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
library=$(realpath "$1")
mkdir -p "$2"
out=$(realpath "$2")
python=${3:-python3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp -r "$root/bindings/python/." "$scratch"
install -m 644 "$library" "$scratch/facecert/libfacecert.so"
strip --strip-unneeded "$scratch/facecert/libfacecert.so"
install -m 644 "$root/include/facecert.h" "$scratch/facecert/facecert.h"
"$python" -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir "$scratch/wheel" "$scratch"
# setuptools sees no extension module, but the library runs on one kind of machine only.
tag=$("$python" -c 'import sysconfig; print(sysconfig.get_platform().replace("-", "_").replace(".", "_"))')
"$python" -m wheel tags --remove --platform-tag "$tag" "$scratch"/wheel/facecert-*.whl >/dev/null
cp "$scratch"/wheel/facecert-*.whl "$out"
ls "$out"/facecert-*.whl
