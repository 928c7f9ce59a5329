#!/usr/bin/env bash
# The receipt, drawn and printed by headless Chromium: zbar reads its code back, in which stands what was issued, and the
# program verifies what zbar read. The slip is in large print, on one A4 page, and asks for nothing from outside.
# Usage: receipt.sh FACECERT   (path of the program)
# Needs chromium, poppler-utils, zbar-tools and a CJK font: apt-get install chromium poppler-utils zbar-tools fonts-noto-cjk
set -euo pipefail
program=$(realpath "${1:?path of the program}")
cd "$(dirname "$0")/../../crates/record/tests/keys"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
now=2026-03-09T12:00:00+08:00

# Import records of one pass: accepted KIND...
accepted() {
    local number=0 kind
    for kind in "$@"; do
        number=$((number + 1))
        printf '{"record":"facecert-import/1","type":"certification","key":"%064d","county":"141121","person_ref":"p_7f3c","entitlement":"e_%d","kind":"%s","channel":"kiosk","certified_on":"2026-03-09","next_due":"2026-09-09","pilot":false}\n' \
            "$number" "$number" "$kind"
    done
}

key_list() {
    printf 'format = "facecert-keys/1"\n'
    for key in county-ed25519 county-sm2; do
        printf '[[key]]\nid = "%s"\nrole = "county"\nvalid_from = "2026-01-01T00:00:00+08:00"\nvalid_until = "2027-01-01T00:00:00+08:00"\npublic_key = """\n%s\n"""\n' \
            "$key" "$(cat "$key.pub.pem")"
    done
}

passed=0
holds() { # NAME COMMAND...
    local name=$1
    shift
    "$@" || { echo "receipt: $name" >&2; exit 1; }
    passed=$((passed + 1))
}

# The text of the one code in a picture, as zbar reads it.
read_back() { zbarimg --quiet --raw "$1"; }

chrome() { chromium --headless --no-sandbox --disable-gpu "$@" "file://$scratch/slip.html" > /dev/null 2>&1; }

# Draws, prints and reads the slip of a pass: slip KEY KIND...
slip() {
    local key=$1
    shift
    accepted "$@" > "$scratch/accepted.jsonl"
    "$program" receipt issue "$scratch/accepted.jsonl" --key "$key.pem" --now "$now" -o "$scratch/slip.html"
    "$program" receipt issue "$scratch/accepted.jsonl" --key "$key.pem" --now "$now" > "$scratch/issued"
    chrome --window-size=640,1200 --screenshot="$scratch/screen.png"
    chrome --no-pdf-header-footer --print-to-pdf="$scratch/slip.pdf"
    holds "$key, $#: on one page" test "$(pdfinfo "$scratch/slip.pdf" | sed -n 's/^Pages: *//p')" = 1
    # As an office scanner takes it.
    pdftoppm -r 200 -gray -png -singlefile "$scratch/slip.pdf" "$scratch/paper"
    for picture in screen paper; do
        read_back "$scratch/$picture.png" > "$scratch/read"
        holds "$key, $#: zbar reads the $picture" cmp -s "$scratch/issued" "$scratch/read"
        "$program" receipt verify "$scratch/read" --keys "$scratch/keys.toml" --now "$now" > "$scratch/answer"
        holds "$key, $#: what it read verifies" grep -q '"code":"VALID"' "$scratch/answer"
        "$program" receipt verify "$scratch/$picture.png" --keys "$scratch/keys.toml" --now "$now" > "$scratch/answer"
        holds "$key, $#: the program reads the $picture" grep -q '"code":"VALID"' "$scratch/answer"
    done
    holds "$key, $#: nothing from outside" test "$(grep -oE '(src|href)=' "$scratch/slip.html" | wc -l)" = 0
}

key_list > "$scratch/keys.toml"
for key in county-ed25519 county-sm2; do
    slip "$key" enterprise_pension
    # The longest slip: five benefits.
    slip "$key" enterprise_pension institution_pension resident_pension survivor_enterprise survivor_institution
done

pdftotext -raw "$scratch/slip.pdf" "$scratch/text"
for text in 资格认证回执 城乡居民养老待遇 2026年9月9日 自助设备 0358-3026726; do
    holds "the paper says $text" grep -q "$text" "$scratch/text"
done
echo "$passed passed, 0 failed"
