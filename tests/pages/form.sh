#!/usr/bin/env bash
# The commitment form, printed to PDF by headless Chromium and read back, says exactly its wording with the blanks filled.
# Usage: form.sh FACECERT   (path of the program)
# Needs chromium, poppler-utils and a CJK font: apt-get install chromium poppler-utils fonts-noto-cjk
set -euo pipefail
program=$(realpath "${1:?path of the program}")
cd "$(dirname "$0")/../../crates/policy"
scheme=schemes/wenshui-2025-20.toml
wording=schemes/forms/chengnuoshu.txt
note='须另附《社会保险经办业务证明事项告知承诺制告知书》'
notice='第一条测试告知。'
hash=$("$program" policy check "$scheme" --effective-from 2025-09-01 --json | sed 's/.*"policy_hash":"\([0-9a-f]*\)".*/\1/')
rules="wenshui-2025-20第1版$hash" # below the frame
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Text without white space; form feeds are page ends.
bare() { tr -d ' \n\r\t\f'; }

# The wording with each blank filled: expected APPLICANT NUMBER TOWNSHIP VILLAGE PHONE YEAR
expected() {
    sed -e "s|{申请人}|$1|; s|{证件号码}|$2|; s|{乡镇}|$3|; s|{村}|$4|; s|{联系电话}|$5|; s|{年度}|$6|; s|{原因}||" "$wording" | bare
}

# Prints a form and reads it back: printed CASE_JSON [NOTICE_FILE]
printed() {
    printf '%s' "$1" > "$scratch/case.json"
    "$program" form --scheme "$scheme" --effective-from 2025-09-01 --case "$scratch/case.json" \
        ${2:+--notice "$2"} -o "$scratch/form.html"
    chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
        --print-to-pdf="$scratch/form.pdf" "file://$scratch/form.html" 2> /dev/null
    pdfinfo "$scratch/form.pdf" | grep -q 'A4' || { echo 'form: not on A4' >&2; exit 1; }
    # Raw order is that of the page's text; wide blanks would else be taken for columns.
    pdftotext -raw "$scratch/form.pdf" - | bare
}

passed=0
same() { # NAME EXPECTED FOUND
    if [ "$2" != "$3" ]; then
        printf 'form: %s\n expected %s\n found    %s\n' "$1" "$2" "$3" >&2
        exit 1
    fi
    passed=$((passed + 1))
}

same 'all blanks empty' "$(expected '' '' '' '' '' '')$note$rules" "$(printed '{}')"

same 'all blanks filled' \
    "$(expected '测试甲' '990101195103070014' '测试镇' '测试村' '0358-0000000' '2026')$note$rules" \
    "$(printed '{"applicant":"测试甲","id_number":"990101195103070014","township":"测试镇","village":"测试村","phone":"0358-0000000","year":2026}')"

long='一个名字非常非常长长到一行写不下还要接着往下写的行政村第二居民小组'
same 'rare characters and a long village' \
    "$(expected '㐂䶮𠮷' '' '' "$long" '' '2026')$note$rules" \
    "$(printed "{\"applicant\":\"㐂䶮𠮷\",\"village\":\"$long\",\"year\":2026}")"

printf '%s\n' "$notice" > "$scratch/notice.txt"
same 'with the notice on a page of its own' \
    "$(expected '' '' '' '' '' '')$rules$notice" "$(printed '{}' "$scratch/notice.txt")"
pages=$(pdfinfo "$scratch/form.pdf" | sed -n 's/^Pages: *//p')
same 'pages with the notice' 2 "$pages"

echo "$passed passed, 0 failed"
