#!/usr/bin/env bash
# Lays out what a user of the C interface installs: libraries, headers, pkg-config file, CMake package, licences, bill of
# materials, checksums. Usage: dist/build.sh FOLDER [LIBRARIES]
# LIBRARIES holds libfacecert.so and libfacecert.a; without it they are built in release mode.
set -euo pipefail
out=$1
root=$(cd "$(dirname "$0")/.." && pwd)
libraries=${2:-${CARGO_TARGET_DIR:-$root/target}/release}
[ $# -ge 2 ] || (cd "$root" && cargo build --release --locked -p facecert-ffi)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
abi=$(sed -n 's/^#define FACECERT_ABI_VERSION //p' "$root/include/facecert.h")

mkdir -p "$out"/{include,lib/pkgconfig,lib/cmake/facecert,share/doc/facecert}
install -m 644 "$root"/include/facecert.{h,hpp} "$out/include"
install -m 755 "$libraries/libfacecert.so" "$out/lib/libfacecert.so.$version"
ln -sf "libfacecert.so.$version" "$out/lib/libfacecert.so.$abi"
ln -sf "libfacecert.so.$abi" "$out/lib/libfacecert.so"
install -m 644 "$libraries/libfacecert.a" "$out/lib"
strip --strip-debug "$out/lib/libfacecert.a" "$out/lib/libfacecert.so.$version"
sed "s/@version@/$version/" "$root/dist/facecert.pc.in" >"$out/lib/pkgconfig/facecert.pc"
for file in facecert-config facecert-config-version; do
  sed "s/@version@/$version/; s/@abi@/$abi/" "$root/dist/$file.cmake.in" >"$out/lib/cmake/facecert/$file.cmake"
done
install -m 644 "$root"/{LICENSE-MIT,LICENSE-APACHE,docs/c-guide.md,docs/abi.md} "$out/share/doc/facecert"
install -m 644 "$root/models/NOTICE.md" "$out/share/doc/facecert/models-NOTICE.md"
(cd "$root" && cargo metadata --format-version 1 --locked) | python3 "$root/dist/materials.py" "$out/share/doc/facecert"
(cd "$out" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | sed 's|^\./||' | xargs -d '\n' sha256sum >SHA256SUMS)
du -b "$out"/lib/libfacecert.{a,so."$version"} | sed "s|$out/||"
