#!/usr/bin/env bash
# A program for Node, by koffi, tells the sample people apart. Usage: tests/node.sh LIBRARY
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
library=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$root"/tests/callers/node/* "$scratch"
(cd "$scratch" && npm install --silent --no-audit --no-fund)

# answers CODE REFERENCE PROBE
answers() {
  code=0
  node "$scratch/verify.js" "$library" "$root/tests/data/photos/$2" "$root/tests/data/photos/$3" || code=$?
  [ $code -eq "$1" ] || { echo "$2 $3: exit code $code, not $1"; exit 1; }
}

answers 0 obama-1.jpg obama-2.jpg
answers 1 obama-1.jpg collins-1.png
answers 2 obama-1.jpg ATTRIBUTION.md
