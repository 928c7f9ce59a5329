#!/usr/bin/env bash
# Lays out the release, moves it, and builds the guide's program against it by pkg-config and CMake, shared and static.
# Usage: tests/dist.sh [LIBRARIES], as dist/build.sh.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
bash "$root/dist/build.sh" "$scratch/first" "$@"
(cd "$scratch/first" && sha256sum --quiet --check SHA256SUMS)
dist=$scratch/moved
mv "$scratch/first" "$dist"

cd "$scratch"
awk '/^```c$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$root/docs/c-guide.md" >guide.c
photos=$root/tests/data/photos
export PKG_CONFIG_PATH=$dist/lib/pkgconfig LD_LIBRARY_PATH=$dist/lib

# holds PROGRAM: it tells the sample people apart.
holds() {
  "$1" "$photos/obama-1.jpg" "$photos/obama-2.jpg"
  ! "$1" "$photos/obama-1.jpg" "$photos/collins-1.png"
}

strict="-std=c99 -Wall -Wextra -pedantic -Werror"
gcc $strict guide.c $(pkg-config --cflags --libs facecert) -o shared
holds ./shared
libs=$(pkg-config --static --libs facecert)
gcc $strict -DFACECERT_STATIC guide.c $(pkg-config --cflags facecert) ${libs/-lfacecert/-l:libfacecert.a} -o static
readelf -d static | grep -q libfacecert && { echo "static: still needs the shared library"; exit 1; }
holds ./static

cat >CMakeLists.txt <<'CMAKE'
cmake_minimum_required(VERSION 3.16)
project(consumer C)
find_package(facecert 0.1 REQUIRED)
foreach(kind facecert facecert-static)
  add_executable(by-${kind} guide.c)
  target_link_libraries(by-${kind} PRIVATE facecert::${kind})
endforeach()
CMAKE
cmake -S . -B cmake -DCMAKE_PREFIX_PATH="$dist" >/dev/null
cmake --build cmake >/dev/null
holds cmake/by-facecert
holds cmake/by-facecert-static
