#!/usr/bin/env bash
# The page of key figures, opened by headless Chromium: its charts and table show the figures of the CSV, the public form
# masks small cells, and the page asks for nothing from outside.
# Usage: kpi.sh FACECERT   (path of the program)
# Needs chromium and a CJK font: apt-get install chromium fonts-noto-cjk
set -euo pipefail
program=$(realpath "${1:?path of the program}")
cd "$(dirname "$0")/../../crates/policy"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A county of 120 made-up people in three townships: every fourth overdue, three by the manual route.
events() {
    local person unit channel method row
    for person in $(seq 1 120); do
        unit=$((141121100001 + person % 3 * 1000))
        row=$(printf '%064x' "$person")
        printf '{"effective":"2025-09-01","kind":"RosterEntry","payload":{"person_ref":"p%d","entitlement":"e%d","kind":"enterprise_pension","benefit_start":"2020-01-01","unit_code":"%s","id_match":"hmac-sha256:%s","name_hmac":"hmac-sha256:%s","key_check":"00000000","row":"%s"},"received":"2025-09-01T12:00:00+08:00","source":"roster"}\n' \
            "$person" "$person" "$unit" "$row" "$row" "$row"
        if [ $((person % 4)) -ne 0 ]; then
            channel=app_laolai method=face
            if [ "$person" -le 3 ]; then channel=manual_county method=form; fi
            printf '{"effective":"2026-02-10","kind":"PassRecorded","payload":{"person_ref":"p%d","channel":"%s","method":"%s","at":"2026-02-10T09:00:00+08:00","staff":[],"reasons":[2000],"pilot":false},"received":"2026-02-10T12:00:00+08:00","source":"results"}\n' \
                "$person" "$channel" "$method"
        fi
    done
}

# report NAME [--public]
report() {
    "$program" kpi --scheme schemes/wenshui-2025-20.toml --effective-from 2025-09-01 --events "$scratch/events.jsonl" \
        --now 2026-03-31 --from 2026-01-01 --to 2026-03-31 ${2:+"$2"} --json \
        --html "$scratch/$1.html" --csv "$scratch/$1.csv" -o "$scratch/$1.json"
    chromium --headless --no-sandbox --disable-gpu --dump-dom "file://$scratch/$1.html" > "$scratch/$1.dom" 2> /dev/null
    chromium --headless --no-sandbox --disable-gpu --window-size=1200,1600 --screenshot="$scratch/$1.png" \
        "file://$scratch/$1.html" 2> /dev/null
}

passed=0
holds() { # NAME COMMAND...
    local name=$1
    shift
    "$@" || { echo "kpi: $name" >&2; exit 1; }
    passed=$((passed + 1))
}
shows() { grep -qF -- "$2" "$scratch/$1.dom"; }
hides() { ! grep -qF -- "$2" "$scratch/$1.dom"; }
# Cell of the county's row: cell NAME COLUMN
cell() {
    awk -F, -v column="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i } $3 == "county" { print $at }' "$scratch/$1.csv"
}

events > "$scratch/events.jsonl"
report internal
report public --public

holds 'the county has 90 of 120' test "$(cell internal k1_num)/$(cell internal k1_den)" = 90/120
holds 'the page has them too' shows internal '90/120'
holds 'with their rate' shows internal '75.00%'
holds 'a bar as long as the rate' shows internal 'width="375" height="18"'
holds 'the line of the target' shows internal 'x1="575"'
holds 'it says that it is internal' shows internal '内部'
holds 'three by the manual route' test "$(cell internal k4_manual)" = 3
holds 'masked in public' test "$(cell public k4_manual)" = '<10'
holds 'on the page too' shows public '&lt;10'
holds 'without their rate' test -z "$(cell public k4_bp)"
holds 'the headline stays' shows public '90/120'
holds 'it is not called internal' hides public '内部'
for page in internal public; do
    holds 'charts are drawn' shows "$page" 'id="chart-townships"'
    holds 'a picture is taken' test -s "$scratch/$page.png"
    for outside in '<script' '<link' 'http://' 'https://' '@import' 'url('; do
        holds "nothing from outside: $outside" hides "$page" "$outside"
    done
done

echo "$passed passed, 0 failed"
