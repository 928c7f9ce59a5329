"""Packs of WebP chips -> the folders that data.py reads, with the teachers' features.

    python -m embedder.unpack --packs ../shared/data/faces --weights ../shared/weights --out FACES

57,714 chips take about 25 CPU-minutes on onnxruntime. A source that is there already (DONE) is left as it is.
"""
import argparse
import csv
import multiprocessing
import pathlib

import cv2
import numpy as np

from embedder import teachers

NETS = {}  # of a worker


def load(weights):
    NETS.update(omz=teachers.omz(weights), edge=teachers.edgeface(weights))


def features(chips):
    return {name: np.stack([net.features(chip) for chip in chips]).astype(np.float16) for name, net in NETS.items()}


def decoded(pack, row):
    start, length = int(row["offset"]), int(row["length"])
    bgr = cv2.imdecode(np.frombuffer(pack, np.uint8, length, start), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(bgr[:, :, ::-1])


def write_source(folder, rows, packs, pool):
    folder.mkdir(parents=True, exist_ok=True)
    chips = np.stack([decoded(packs[row["pack"]], row) for row in rows])
    chips.tofile(folder / "chips.u8")
    columns = [name for name in rows[0] if name not in ("pack", "offset", "length")]
    with open(folder / "index.tsv", "w") as index:
        index.write("\t".join(["row", *columns]) + "\n")
        for number, row in enumerate(rows):
            index.write("\t".join([str(number), *(row[name] for name in columns)]) + "\n")
    found = pool.map(features, np.array_split(chips, -(-len(chips) // 200)))
    for name in ("omz", "edge"):
        np.concatenate([part[name] for part in found]).tofile(folder / f"{name}.f16")
    (folder / "DONE").touch()
    print(folder.name, len(rows), flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--packs", required=True, type=pathlib.Path)
    p.add_argument("--weights", required=True)
    p.add_argument("--out", required=True, type=pathlib.Path)
    p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    with open(a.packs / "index.tsv", newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    packs = {name: (a.packs / f"faces-{name}.pack").read_bytes() for name in {row["pack"] for row in rows}}
    with multiprocessing.get_context("spawn").Pool(a.workers, load, (a.weights,)) as pool:
        for source in dict.fromkeys(row["source"] for row in rows):
            if not (a.out / source / "DONE").exists():
                write_source(a.out / source, [row for row in rows if row["source"] == source], packs, pool)


if __name__ == "__main__":
    main()
