"""Labelled pictures of one eye or one mouth, squared to 80 x 80; the square is what the product cuts out.

Eye: about the middle of its corners, upright to them, side 1.6 times their distance. Mouth: about the middle of points 48 and 54,
upright to them, side 1.5 times their distance; the collections' own crops are of these sizes within a quarter.
"""
import csv
import hashlib
import tarfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.alignment import similarity, warp

BASE = 80  # px
FOLDS = 5
MOUTH_CORNERS, MOUTH_SIDE = (48, 54), 1.5
LIP_PAIRS, INNER_CORNERS = ((61, 67), (62, 66), (63, 65)), (60, 64)
CLOSED_BELOW, OPEN_ABOVE = 0.06, 0.35  # mean gap of the inner lips over the inner width: the labels' own rule


@dataclass
class Pictures:
    """`row` counts the lines of index.tsv from 1; a fold never shares a group with another."""

    pixels: np.ndarray
    open: np.ndarray
    row: np.ndarray
    fold: np.ndarray
    source: np.ndarray


def fold_of(group: str) -> int:
    return int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "big") % FOLDS


def squared(rgb: np.ndarray) -> np.ndarray:
    height, width = rgb.shape[:2]
    spare = max(height, width) - np.array([height, width])
    top, left = spare // 2
    whole = cv2.copyMakeBorder(rgb, top, spare[0] - top, left, spare[1] - left, cv2.BORDER_REPLICATE)
    return cv2.resize(whole, (BASE, BASE), interpolation=cv2.INTER_AREA if len(whole) > BASE else cv2.INTER_LINEAR)


def read(folder: Path, group: str) -> Pictures:
    """All pictures of `eyes` or `mouth`; `group` is the column that must not be torn apart, `dup_group` or `person`."""
    pixels = {}
    for part in sorted(folder.glob("*.tar")):
        with tarfile.open(part) as tar:
            for member in tar:
                if member.isfile():
                    coded = np.frombuffer(tar.extractfile(member).read(), np.uint8)
                    pixels[member.name.removeprefix("./")] = squared(cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1])
    with open(folder / "index.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return Pictures(
        np.stack([pixels[row["image"]] for row in rows]),
        np.array([row["state"] == "open" for row in rows]),
        np.arange(1, len(rows) + 1),
        np.array([fold_of(row[group] or row["dup_group"]) for row in rows]),
        np.array([row["source"] for row in rows]),
    )


def gap_share(points: np.ndarray) -> float:
    """How far the inner lips are apart, over their width."""
    gap = np.mean([np.linalg.norm(points[a] - points[b]) for a, b in LIP_PAIRS])
    return float(gap / np.linalg.norm(points[INNER_CORNERS[0]] - points[INNER_CORNERS[1]]))


def taught_mouths(faces: Path) -> tuple[np.ndarray, np.ndarray]:
    """Mouths of the landmark training's unlabelled faces whose points say open or closed: pixels, open."""
    pictures = np.load(faces / "landmarks.pictures.npy", mmap_mode="r")
    known = np.load(faces / "landmarks.points.npz")
    cut, is_open = [], []
    for picture, points in zip(pictures[known["labelled"] :], known["points"][known["labelled"] :]):
        share = gap_share(points)
        if share < CLOSED_BELOW or share > OPEN_ABOVE:
            left, right = points[list(MOUTH_CORNERS)].astype(float)
            reach = BASE / MOUTH_SIDE / 2
            corners = np.array([[-reach, 0], [reach, 0]]) + BASE / 2 - 0.5
            cut.append(warp(picture, similarity(np.stack([left, right]), corners), BASE))
            is_open.append(share > OPEN_ABOVE)
    return np.stack(cut), np.array(is_open)
