#!/usr/bin/env bash
# Runs fuzz targets on their corpora, one after the other, on stable Rust. For each a line of the table in README.md; what
# breaks one is kept in fuzz/found.
# Usage: run.sh SECONDS [TARGET...]   (all targets if none is named)
# FUZZ_BUILD: further arguments for cargo build; --no-default-features leaves out the targets that run nets.
# Needs g++ for the fuzzer's runtime.
set -euo pipefail
seconds=${1:?seconds for each target}
shift
cd "$(dirname "$0")"
triple=x86_64-unknown-linux-gnu
[ $# -gt 0 ] || set -- image frame pack onnx package gallery policy case table record receipt sealed
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
# Coverage of every edge, comparisons traced; --target keeps build scripts without it.
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
 -Cllvm-args=-sanitizer-coverage-trace-compares -Cdebug-assertions -Coverflow-checks -Ccodegen-units=1" \
    RUSTC_WRAPPER=$PWD/rustc.sh cargo build --release --target $triple ${FUZZ_BUILD:-}
mkdir -p found
# In memory: some targets write files.
scratch=$(mktemp -d -p /dev/shm)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch
for target in "$@"; do
    # New inputs go to a folder of their own: the committed corpus stays small.
    mkdir "$scratch/$target"
    if ! "$CARGO_TARGET_DIR/$triple/release/$target" "$scratch/$target" "corpus/$target" -max_total_time="$seconds" \
        -timeout=20 -rss_limit_mb=3072 -artifact_prefix="found/$target-" -print_final_stats=1 >"$scratch/log" 2>&1; then
        tail -n 40 "$scratch/log" >&2
        echo "$target: broken by what lies in fuzz/found" >&2
        exit 1
    fi
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/log")
    coverage=$(sed -n 's/^#[0-9]*\tDONE *cov: \([0-9]*\) ft: \([0-9]*\).*/\1 | \2/p' "$scratch/log")
    echo "| \`$target\` | $(date -u +%F) | $seconds | $executions | $coverage |"
done
