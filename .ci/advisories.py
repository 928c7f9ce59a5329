#!/usr/bin/env python3
"""Holds the crates of Cargo.lock against a copy of RustSec's advisories, offline.

Usage: advisories.py ADVISORIES [Cargo.lock...]   (a clone of github.com/rustsec/advisory-db; by default the two lock files)

Prints each advisory that names a crate in its locked version, and fails if one is a vulnerability; that a crate is no longer
cared for, or unsound in a case, is printed alone.
"""
import re
import subprocess
import sys
import tomllib

COMPARE = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
}


def version(text):
    """A version for comparing; a pre-release comes before its release."""
    numbers, _, pre = text.split("+")[0].partition("-")
    parts = [int(n) for n in numbers.split(".")]
    return (parts + [0, 0])[:3], pre == "", pre


def next_breaking(text):
    """The first version that a caret requirement leaves out."""
    parts = [int(n) for n in text.split("-")[0].split(".")]
    at = next((i for i, n in enumerate(parts) if n), len(parts) - 1)
    return version(".".join(str(n) for n in parts[:at] + [parts[at] + 1]))


def fits(requirement, locked):
    """Whether a locked version fits a requirement such as `>= 1.2, < 2` or `^0.3.1`."""
    for part in requirement.split(","):
        sign, text = re.fullmatch(r"\s*(<=|>=|<|>|=|\^|~)?\s*(\S+)\s*", part).groups()
        if sign in ("^", "~", None):
            if not (version(text) <= version(locked) < next_breaking(text)):
                return False
        elif not COMPARE[sign](version(locked), version(text)):
            return False
    return True


def advisories(folder):
    """What the newest commit of the copy says, and its date."""
    git = ["git", "-C", folder]
    date = subprocess.check_output([*git, "log", "-1", "--format=%cs"], text=True).strip()
    archive = subprocess.check_output([*git, "grep", "--text", "-h", "-e", "", "HEAD", "--", "crates"], text=True)
    found = []
    for block in re.findall(r"^```toml\n(\[advisory\].*?)^```", archive, re.M | re.S):
        found.append(tomllib.loads(block))
    return found, date


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    known, date = advisories(sys.argv[1])
    locked = set()
    for path in sys.argv[2:] or ["Cargo.lock", "fuzz/Cargo.lock"]:
        with open(path, "rb") as file:
            locked |= {(p["name"], p["version"]) for p in tomllib.load(file)["package"] if "source" in p}
    vulnerable = 0
    for name, at in sorted(locked):
        for advisory in known:
            about, versions = advisory["advisory"], advisory.get("versions", {})
            safe = versions.get("patched", []) + versions.get("unaffected", [])
            if about["package"] != name or about.get("withdrawn") or any(fits(r, at) for r in safe):
                continue
            kind = about.get("informational", "vulnerability")
            vulnerable += kind == "vulnerability"
            print(f"{name} {at}: {about['id']} ({kind}), {about.get('url', 'no page')}")
    print(f"{len(locked)} crates, {len(known)} advisories of {date}: {vulnerable} vulnerabilities")
    sys.exit(bool(vulnerable))


if __name__ == "__main__":
    main()
