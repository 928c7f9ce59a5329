"""The pictures of `data/pad`: class, source, face box, and the fold that keeps everything of one `fold_group` together."""
import csv
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

FOLDS = 5


@dataclass
class Picture:
    row: int  # line of manifest.tsv, from 1
    pixels: np.ndarray
    box: np.ndarray  # left, top, right, bottom
    species: str  # live, print, replay
    source: str
    group: str
    fold: int
    kinds: tuple[str, ...]  # the crops that can be cut from it


def folds_of(groups: Counter[str]) -> dict[str, int]:
    """Largest group first, each to the emptiest fold: once for the people of NUAA, who alone have prints, once for all others."""
    fold = {}
    for of_nuaa in (True, False):
        sizes = [0] * FOLDS
        for group, size in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
            if group.startswith("nuaa-") == of_nuaa:
                fold[group] = sizes.index(min(sizes))
                sizes[fold[group]] += size
    return fold


def _wanted(row: dict[str, str]) -> bool:
    """Every moment once: context crops of films that are there as whole frames are left out, and so is what shows no face."""
    return bool(row["fx"]) and not (row["crop"] == "context" and row["source"].startswith("hobbyvid"))


def read(folder: Path) -> list[Picture]:
    coded = {}
    for part in sorted(folder.glob("*.tar")):
        with tarfile.open(part) as tar:
            for member in tar:
                if member.isfile():
                    coded[member.name.removeprefix("./")] = np.frombuffer(tar.extractfile(member).read(), np.uint8)
    with open(folder / "manifest.tsv", newline="") as file:
        rows = [(i, row) for i, row in enumerate(csv.DictReader(file, delimiter="\t"), 1) if _wanted(row)]
    fold = folds_of(Counter(row["fold_group"] for _, row in rows))
    pictures = []
    for i, row in rows:
        x, y, w, h = (float(row[name]) for name in ("fx", "fy", "fw", "fh"))
        pixels = np.ascontiguousarray(cv2.imdecode(coded[row["path"]], cv2.IMREAD_COLOR)[:, :, ::-1])
        kinds = ("tight",) if row["crop"] == "tight" else ("tight", "context")
        species = row["species"] if row["label"] == "spoof" else "live"
        pictures.append(Picture(i, pixels, np.array([x, y, x + w, y + h]), species, row["source"], row["fold_group"], fold[row["fold_group"]], kinds))
    return pictures
