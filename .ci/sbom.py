#!/usr/bin/env python3
"""The bill of materials of what is shipped: CycloneDX 1.6 from Cargo's own resolution, licences checked.

Usage: sbom.py OUTPUT.json [PACKAGE]   (facecert by default; facecert-ffi for the C library)

Takes in what ends up in the binary: normal dependencies, on every platform, none of tests or builds. Fails if a crate's
licence does not allow use under the list below, or a crate from a registry has no checksum in Cargo.lock. Cargo fetches
the crates that only other platforms use. Advisories are not looked up.
"""
import json
import re
import subprocess
import sys
import tomllib

ALLOWED = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC",
    "MIT", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
}


def is_allowed(expression):
    """Whether an SPDX expression (older crates write / for OR) leaves a choice of allowed licences."""
    tokens = re.findall(r"\(|\)|AND|OR|[\w.+-]+(?: WITH [\w.+-]+)?", expression.replace("/", " OR "))

    def any_of():
        value = all_of()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            value = all_of() or value
        return value

    def all_of():
        value = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            value = one() and value
        return value

    def one():
        token = tokens.pop(0) if tokens else ""
        if token != "(":
            return token in ALLOWED
        value = any_of()
        return bool(tokens) and tokens.pop(0) == ")" and value

    return any_of() and not tokens


def shipped(metadata, root):
    """Packages by id that end up in the binary of one package, with what each needs."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    needs, open_ids = {}, [next(p["id"] for p in metadata["packages"] if p["name"] == root)]
    while open_ids:
        package = open_ids.pop()
        if package not in needs:
            normal = [d["pkg"] for d in nodes[package]["deps"] if any(k["kind"] is None for k in d["dep_kinds"])]
            needs[package] = sorted(normal)
            open_ids += normal
    return needs


def component(package, checksums):
    name, version = package["name"], package["version"]
    entry = {
        "type": "library",
        "bom-ref": f"{name}@{version}",
        "name": name,
        "version": version,
        "licenses": [{"expression": (package["license"] or "").replace("/", " OR ")}],
    }
    if package["source"]:
        entry["purl"] = f"pkg:cargo/{name}@{version}"
        entry["hashes"] = [{"alg": "SHA-256", "content": checksums.get((name, version), "")}]
    return entry


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    output, root = sys.argv[1], (sys.argv[2:] or ["facecert"])[0]
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.check_output(command))
    with open(metadata["workspace_root"] + "/Cargo.lock", "rb") as lock:
        locked = tomllib.load(lock)["package"]
    checksums = {(p["name"], p["version"]): p["checksum"] for p in locked if "checksum" in p}
    needs = shipped(metadata, root)
    packages = {p["id"]: p for p in metadata["packages"] if p["id"] in needs}
    ordered = sorted(packages.values(), key=lambda p: (p["name"], p["version"]))
    ref = {i: f"{p['name']}@{p['version']}" for i, p in packages.items()}
    faults = [f"{ref[p['id']]}: licence {p['license']!r} is not on the list" for p in ordered if not is_allowed(p["license"] or "")]
    faults += [f"{ref[p['id']]}: no checksum" for p in ordered if p["source"] and (p["name"], p["version"]) not in checksums]
    whole = next(p for p in ordered if p["name"] == root)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {**component(whole, checksums), "type": "application"}},
        "components": [component(p, checksums) for p in ordered if p is not whole],
        "dependencies": [{"ref": ref[i], "dependsOn": sorted(ref[d] for d in needs[i])} for i in sorted(needs, key=ref.get)],
    }
    with open(output, "w", encoding="utf-8") as file:
        json.dump(bill, file, indent=1)
        file.write("\n")
    print(f"{root}: {len(bill['components'])} components, {len(faults)} faults")
    for fault in faults:
        print(fault)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
