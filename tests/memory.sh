#!/usr/bin/env bash
# The callers in C against the library, with every access to memory watched; first a caller with a mistake, which must be
# reported.
# Usage: memory.sh valgrind LIBRARY   under valgrind, for reads of what was never written and lost memory
#        memory.sh address            under AddressSanitizer: builds the library with it, and runs the tests of the crates
#                                     whose unsafe code reads bytes of anybody
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
triple=x86_64-unknown-linux-gnu

case ${1:-} in
valgrind)
  library=$(realpath "${2:?path of libfacecert.so}")
  flags=()
  watch=(valgrind --quiet --error-exitcode=9)
  leaks=(--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite)
  ;;
address)
  export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address -Cforce-frame-pointers=yes"
  target=${CARGO_TARGET_DIR:-$root/target}/address
  cd "$root"
  cargo test --release --target $triple --target-dir "$target" -p facecert-match -p facecert-record --lib --tests
  [ "${2:-}" = crates ] && exit
  cargo build --release --target $triple --target-dir "$target" -p facecert-ffi
  library=$target/$triple/release/libfacecert.so
  flags=(-fsanitize=address)
  watch=(env ASAN_OPTIONS=detect_leaks=0)
  leaks=(ASAN_OPTIONS=detect_leaks=1)
  ;;
*) sed -n '2,7p' "$0" >&2; exit 2 ;;
esac

ln -s "$library" "$scratch/libfacecert.so.0"
build() { # SOURCE PROGRAM
  gcc -g -std=c99 -pthread "${flags[@]}" -I "$root/include" -I "$root/tests/callers/c" "$1" "$scratch/libfacecert.so.0" \
    -Wl,-rpath,"$scratch" -o "$scratch/$2"
}

# call PROGRAM ARGUMENT...
call() {
  local program=$scratch/$1
  shift
  "${watch[@]}" "$program" "$@"
}

# The library is told of 64 components where 63 are.
cat >"$scratch/short.c" <<'C'
#include <facecert.h>
#include <stdlib.h>
int main(void) {
  uint8_t contract[32] = {0};
  facecert_template *made = NULL;
  float *values = calloc(63, sizeof *values);
  values[0] = 1.0f;
  return (int)facecert_template_from_floats(contract, values, 64, &made, NULL);
}
C
build "$scratch/short.c" short
if call short 2>"$scratch/report"; then
  echo "a read beyond a buffer went unnoticed: the set-up watches nothing" >&2
  exit 1
fi
grep -q "facecert" "$scratch/report"

data=$root/tests/data
for name in hostile gallery hostile_gallery policy record verify; do
  build "$root/tests/callers/c/$name.c" $name
done
mkdir "$scratch/gallery_files" "$scratch/record_files"
# These fork, and a child has lost what its parent's threads hold.
call hostile "$data/photos/collins-1.png"
call hostile_gallery "$scratch/gallery_files"
watch+=("${leaks[@]}")
call gallery "$scratch/gallery_files"
call policy "$root/crates/policy/schemes" "$data/policy"
call record "$root/crates/record/tests/keys" "$scratch/record_files"
call verify "$data/photos/obama-1.jpg" "$data/photos/obama-2.jpg"
echo "a mistake was reported, six callers make none"
