#!/usr/bin/env bash
# The receipt, drawn and printed by headless Chromium: zbar reads its code back, in which stands what was issued, and the
# program verifies what zbar read. The slip is in large print, on one A4 page, and asks for nothing from outside.
# Usage: receipt.sh FACECERT   (path of the program)
# Installs what it lacks: chromium, poppler-utils, zbar-tools, fonts-noto-cjk, openssl.
set -euo pipefail
program=$(realpath "${1:?path of the program}")
cd "$(dirname "$0")/../../crates/record/tests/keys"
for tool in chromium pdftoppm zbarimg openssl; do
    command -v $tool > /dev/null && continue
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium poppler-utils zbar-tools fonts-noto-cjk openssl > /dev/null
    break
done
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

# The two county keys: key_list [LINE-OF-THE-FILE [LINE-OF-EACH-KEY]]
key_list() {
    printf 'format = "facecert-keys/1"\n%s\n' "${1:-}"
    for key in county-ed25519 county-sm2; do
        printf '[[key]]\nid = "%s"\nrole = "county"\nvalid_from = "2026-01-01T00:00:00+08:00"\nvalid_until = "2027-01-01T00:00:00+08:00"\n%s\npublic_key = """\n%s\n"""\n' \
            "$key" "${2:-}" "$(cat "$key.pub.pem")"
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
read_back() { zbarimg --quiet --raw --nodbus "$1"; }

chrome() { chromium --headless --no-sandbox --disable-gpu "$@" "file://$scratch/slip.html" > /dev/null 2>&1; }

# What the program answers about a code, as text or picture: answers NAME ANSWER CODE KEYS NOW
answers() {
    local exit_code=0
    "$program" receipt verify "$3" --keys "$4" --now "$5" > "$scratch/answer" || exit_code=$?
    holds "$1: $2" grep -q "\"code\":\"$2\"" "$scratch/answer"
    holds "$1: exit code" test "$exit_code" = "$([ "$2" = VALID ] && echo 0 || echo 1)"
}

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
        for code in "$scratch/read" "$scratch/$picture.png"; do
            answers "$key, $#, ${code##*/}" VALID "$code" "$scratch/keys.toml" "$now"
        done
    done
    holds "$key, $#: nothing from outside" test "$(grep -oE '(src|href)=' "$scratch/slip.html" | wc -l)" = 0
}

key_list > "$scratch/keys.toml"
for key in county-ed25519 county-sm2; do
    slip "$key" enterprise_pension
    # The longest slip: five benefits.
    slip "$key" enterprise_pension institution_pension resident_pension survivor_enterprise survivor_institution
done

# The last slip, as zbar read its paper, at another time, with other keys, and damaged.
later=2027-01-01T00:00:00+08:00
number=$("$program" receipt verify "$scratch/read" --keys "$scratch/keys.toml" --now "$now" | sed 's/.*"number":"\([^"]*\)".*/\1/')
key_list "revoked_receipts = [\"$number\"]" > "$scratch/receipt-revoked.toml"
key_list "" 'revoked_at = "2026-03-10T00:00:00+08:00"' > "$scratch/key-revoked.toml"
openssl genpkey -algorithm SM2 | openssl pkey -pubout > "$scratch/county-sm2.pub.pem"
(cp county-ed25519.pub.pem "$scratch" && cd "$scratch" && key_list) > "$scratch/wrong-key.toml"
printf 'format = "facecert-keys/1"\n' > "$scratch/no-key.toml"
answers "the day before its last" VALID "$scratch/read" "$scratch/keys.toml" 2026-09-08T12:00:00+08:00
answers "after its last day" RECEIPT_EXPIRED "$scratch/read" "$scratch/keys.toml" $later
answers "called back" RECEIPT_REVOKED "$scratch/read" "$scratch/receipt-revoked.toml" "$now"
answers "key called back" KEY_REVOKED "$scratch/read" "$scratch/key-revoked.toml" $later
answers "another key of that name" SIGNATURE_WRONG "$scratch/read" "$scratch/wrong-key.toml" "$now"
answers "key not listed" KEY_UNKNOWN "$scratch/read" "$scratch/no-key.toml" "$now"
head -c 200 "$scratch/read" > "$scratch/half"
answers "half of it" DAMAGED "$scratch/half" "$scratch/keys.toml" "$now"
# A fifth of its height torn away: neither reader gets a code out of it.
pdftoppm -r 200 -gray -png -singlefile -H 900 "$scratch/slip.pdf" "$scratch/torn"
holds "zbar reads nothing on torn paper" test -z "$(read_back "$scratch/torn.png" || true)"
answers "torn paper" RECEIPT_NO_CODE "$scratch/torn.png" "$scratch/keys.toml" "$now"

pdftotext -raw "$scratch/slip.pdf" "$scratch/text"
for text in 资格认证回执 城乡居民养老待遇 2026年9月9日 自助设备 0358-3026726; do
    holds "the paper says $text" grep -q "$text" "$scratch/text"
done
echo "$passed passed, 0 failed"
