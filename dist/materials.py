"""What the library is made of: a bill of materials (CycloneDX 1.5) and the licence texts of its crates.

Reads ``cargo metadata`` from standard input and writes ``sbom.json`` and ``third-party-licences.txt`` to the folder that is
named. Ends with 1 if a crate's licence asks for more than to be named.
"""

import json
import sys
from pathlib import Path

PERMISSIVE = set(
    "MIT MIT-0 Apache-2.0 BSD-2-Clause BSD-3-Clause ISC Zlib Unlicense 0BSD BSL-1.0 CC0-1.0 Unicode-3.0 NCSA".split()
) | {"Apache-2.0 WITH LLVM-exception"}


def shipped(metadata: dict) -> list[dict]:
    """The crates that end up in the library, its own ones left out: no build scripts, no tests."""
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    todo = [id_ for id_ in metadata["workspace_members"] if packages[id_]["name"] == "facecert-ffi"]
    seen = set()
    while todo:
        current = todo.pop()
        if current not in seen:
            seen.add(current)
            needed = (d for d in nodes[current]["deps"] if any(kind["kind"] is None for kind in d["dep_kinds"]))
            todo += [d["pkg"] for d in needed]
    foreign = (packages[id_] for id_ in seen if packages[id_]["source"])
    return sorted(foreign, key=lambda package: (package["name"], package["version"]))


def is_permissive(expression: str) -> bool:
    """Whether one of the licences that may be chosen is permissive."""
    choices = expression.replace("/", " OR ").split(" OR ")
    return any(all(part.strip(" ()") in PERMISSIVE for part in choice.split(" AND ")) for choice in choices)


def component(package: dict) -> dict:
    """A crate as CycloneDX writes it."""
    purl = f"pkg:cargo/{package['name']}@{package['version']}"
    licence = (package["license"] or "").replace("/", " OR ")
    return {
        "type": "library",
        "name": package["name"],
        "version": package["version"],
        "purl": purl,
        "licenses": [{"expression": licence}],
    }


def licence_texts(package: dict) -> str:
    """The licence files of a crate, under its name."""
    folder = Path(package["manifest_path"]).parent
    files = sorted(path for path in folder.iterdir() if path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE")))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in files if path.is_file()]
    heading = f"{package['name']} {package['version']} ({package['license']})"
    return "\n\n".join([heading, "=" * len(heading), *texts, ""])


def main() -> int:
    metadata, out = json.load(sys.stdin), Path(sys.argv[1])
    packages = shipped(metadata)
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [component(p) for p in packages]}
    (out / "sbom.json").write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
    (out / "third-party-licences.txt").write_text("\n".join(map(licence_texts, packages)), encoding="utf-8")
    refused = [f"{p['name']}: {p['license']}" for p in packages if not is_permissive(p["license"] or "")]
    print(f"{len(packages)} crates; {'; '.join(refused) or 'all under permissive licences'}")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
