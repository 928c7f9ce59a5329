#!/usr/bin/env bash
# The interface of the first header still stands: abidiff between it and today's, which is shown to notice a lost function, a
# changed struct and another signature (numbers are frozen by a test of the crate); and a program compiled against the first header, which runs on today's library.
# Usage: tests/abi.sh LIBRARY. Needs abidiff (Debian: abigail-tools).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
library=$(realpath "$1")
first=$root/tests/data/abi/facecert-0.1.h
if ! command -v abidiff >/dev/null; then
  echo "skipped: abidiff is not installed (abigail-tools)"
  [ "${FACECERT_TOOLS_REQUIRED:-0}" != 1 ]
  exit
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# interface NAME HEADER: a library with the header's functions, empty, and its types as debug information.
interface() {
  mkdir -p "$1"
  cp "$2" "$1/facecert.h"
  { echo '#include "facecert.h"'
    gcc -E -P "$1/facecert.h" | sed -E 's/__attribute__\(\([a-z_]+(\("[a-z]+"\))?\)\)//g' | tr '\n' ' ' | grep -oE '(facecert_status|const char \*|uint32_t|int32_t|void) ?facecert_[a-z0-9_]+\([^;{}]*\);' |
      sed -E 's/;$/ { return 0; }/; s/^void (.*)\{ return 0; \}$/void \1{ }/'
  } >"$1/stub.c"
  gcc -g -w -fPIC -shared -I "$1" "$1/stub.c" -o "$1.so"
}

# changed EDIT: abidiff between the first header and an edited one says that they differ.
changed() {
  sed -E "$1" "$first" >edited.h
  cmp -s edited.h "$first" && { echo "the edit '$1' does nothing"; exit 1; }
  interface edited edited.h
  if abidiff first.so edited.so >report.txt; then echo "not noticed: $1"; exit 1; fi
}

interface first "$first"
interface today "$root/include/facecert.h"
functions=$(grep -c '^FACECERT_API' "$first")
stubs=$(grep -c ' { ' first/stub.c)
[ "$stubs" = "$functions" ] || { echo "$stubs functions of $functions were read"; exit 1; }

# Bit 4 of the exit code is a change, bit 8 one that breaks programs; what was only added is no fault.
code=0
abidiff --no-added-syms first.so today.so >report.txt || code=$?
if [ $((code & 8)) != 0 ] || grep -qE 'Removed|type size changed' report.txt; then cat report.txt; exit 1; fi

changed 's/facecert_engine_warm_up/facecert_engine_heat_up/'
changed 's/^  float threshold;$/  double threshold;/'
changed 's/uint32_t dim,/uint64_t dim,/'

ln -s "$library" libfacecert.so.0
mkdir old && cp "$first" old/facecert.h
gcc -std=c99 -Wall -Wextra -pedantic -Werror -I old "$root/tests/callers/c/verify.c" libfacecert.so.0 -Wl,-rpath,"$scratch" -o caller
photos=$root/tests/data/photos
./caller "$photos/obama-1.jpg" "$photos/obama-2.jpg"
code=0
./caller "$photos/obama-1.jpg" "$photos/collins-1.png" || code=$?
[ $code = 1 ]
echo "the first header's $stubs functions stand; three changes were noticed; its program runs"
