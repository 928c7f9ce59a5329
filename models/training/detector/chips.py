"""The aligned face chips of `data/faces` (128 x 128, ArcFace template plus 8 px), training people only."""
import csv
from pathlib import Path

import cv2
import numpy as np


def training_chips(faces: Path, count: int, seed: int = 0) -> np.ndarray:
    """`count` chips drawn over all sources: count x 128 x 128 x 3, RGB."""
    with open(faces / "index.tsv", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["split"] == "train"]
    chosen = np.random.default_rng(seed).permutation(len(rows))[:count]
    packs: dict[str, np.memmap] = {}
    chips = np.empty((len(chosen), 128, 128, 3), np.uint8)
    for chip, i in zip(chips, chosen):
        row = rows[i]
        pack = packs.setdefault(row["pack"], np.memmap(faces / f"faces-{row['pack']}.pack", np.uint8, "r"))
        start = int(row["offset"])
        chip[:] = cv2.imdecode(pack[start : start + int(row["length"])], cv2.IMREAD_COLOR)[:, :, ::-1]
    return chips
