#!/usr/bin/env bash
# Runs fuzz targets on their corpora, one after the other, on stable Rust; what breaks one is kept in fuzz/found.
# Usage: run.sh SECONDS [TARGET...]   (all targets if none is named)
# Needs g++ for the fuzzer's runtime.
set -euo pipefail
seconds=${1:?seconds for each target}
shift
cd "$(dirname "$0")"
triple=x86_64-unknown-linux-gnu
[ $# -gt 0 ] || set -- image frame pack onnx gallery policy case table record receipt sealed
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
# Coverage of every edge, comparisons traced; --target keeps build scripts without it.
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
 -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1" \
    cargo build --release --target $triple ${FUZZ_BUILD:-}
mkdir -p found
for target in "$@"; do
    # New inputs go to a folder of their own: the committed corpus stays small.
    scratch=$(mktemp -d)
    mkdir -p "corpus/$target"
    echo "$target"
    "$CARGO_TARGET_DIR/$triple/release/$target" "$scratch" "corpus/$target" -max_total_time="$seconds" -timeout=20 \
        -rss_limit_mb=3072 -artifact_prefix="found/$target-" -print_final_stats=1 2>&1 | tail -n 12
    rm -rf "$scratch"
done
