#!/usr/bin/env bash
# A program in Java, by JNA, tells the sample people apart in frames as phones give them. Usage: tests/java.sh LIBRARY
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
library=$(realpath "$1")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
ln -s "$library" "$scratch/libfacecert.so"
jna=/usr/share/java/jna.jar
javac -Xlint:all -Werror -cp $jna -d "$scratch" "$root"/tests/callers/java/*.java

verify() {
  java -Djna.library.path="$scratch" -Djna.boot.library.path=/usr/lib/x86_64-linux-gnu/jni -cp "$jna:$scratch" Verify \
    "$root/tests/data/photos/$1" "$root/tests/data/photos/$2"
}

# answers CODE REFERENCE PROBE
answers() {
  code=0
  verify "$2" "$3" || code=$?
  [ $code -eq "$1" ] || { echo "$2 $3: exit code $code, not $1"; exit 1; }
}

answers 0 obama-1.jpg obama-2.jpg
answers 1 obama-1.jpg collins-1.png
answers 2 obama-1.jpg ATTRIBUTION.md
