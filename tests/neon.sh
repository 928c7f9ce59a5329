#!/bin/sh
# Runs the matching crate's tests for 64-bit Arm under qemu: with the dot product instruction
# and on a Cortex-A53, which has none and stops at the first instruction beyond its set.
#
# rustup brings no Arm library here, so Debian's compiler and the library package of the very
# same build are used. Needs: rustc-web cargo-web gcc-aarch64-linux-gnu libc6-dev-arm64-cross
# qemu-user, and `dpkg --add-architecture arm64` for the download.
set -eu
cd "$(dirname "$0")/.."
work=${NEON_WORK:-$PWD/target/neon}
mkdir -p "$work"

version=$(dpkg-query -W -f '${Version}' rustc-web)
library=$work/libstd-$version
if [ ! -d "$library" ]; then
    (cd "$work" && apt-get download "libstd-rust-web-dev:arm64=$version") || {
        echo "install the libstd-rust-web-dev:arm64 of rustc-web $version" >&2
        exit 2
    }
    dpkg -x "$work"/libstd-rust-web-dev_*_arm64.deb "$library"
fi
sysroot=$work/sysroot
mkdir -p "$sysroot/lib/rustlib"
ln -sfn /usr/lib/rustlib/x86_64-unknown-linux-gnu "$sysroot/lib/rustlib/x86_64-unknown-linux-gnu"
ln -sfn "$library/usr/lib/rustlib/aarch64-unknown-linux-gnu" \
    "$sysroot/lib/rustlib/aarch64-unknown-linux-gnu"

export RUSTC=/usr/bin/rustc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS="--sysroot $sysroot"
for processor in max cortex-a53; do
    echo "qemu-aarch64 -cpu $processor"
    QEMU_CPU=$processor /usr/bin/cargo test --release -p facecert-match --lib --test search \
        --target aarch64-unknown-linux-gnu --target-dir "$work/build"
done
