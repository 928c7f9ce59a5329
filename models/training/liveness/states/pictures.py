"""Labelled pictures of one eye or one mouth, squared to 80 x 80; the square is what the product cuts out.

Eye: about the middle of its corners, upright to them, side 1.6 times their distance. Mouth: about the middle of points 48 and 54,
upright to them, side 1.5 times their distance; the collections' own crops are of these sizes within a quarter.
"""
import csv
import hashlib
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.alignment import similarity, warp

BASE = 80  # px
FOLDS = 5
MOUTH_CORNERS, MOUTH_SIDE, EYE_SIDE = (48, 54), 1.5, 1.6
LIP_PAIRS, INNER_CORNERS = ((61, 67), (62, 66), (63, 65)), (60, 64)
CLOSED_BELOW, OPEN_ABOVE = 0.06, 0.2  # mean gap of the inner lips over the inner width; the labels leave out all from 0.06 to 0.35
LIDS_OPEN, MIN_EYE_PX = 0.24, 8.0  # lids apart over the eye's width; below so many pixels there is nothing to see


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


def upright(picture: np.ndarray, corners: np.ndarray, side: float) -> np.ndarray:
    """The square about two corners, `side` times their distance."""
    reach = BASE / side / 2
    return warp(picture, similarity(corners.astype(float), np.array([[-reach, 0], [reach, 0]]) + BASE / 2 - 0.5), BASE)


def faces(work: Path, labelled: bool) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pictures and 68 points of the landmark training: those with labels, or those that only the teacher looked at."""
    pictures = np.load(work / "landmarks.pictures.npy", mmap_mode="r")
    known = np.load(work / "landmarks.points.npz")
    first = int(known["labelled"])
    chosen = slice(0, first) if labelled else slice(first, None)
    yield from zip(pictures[chosen], known["points"][chosen])


def taught_mouths(work: Path) -> tuple[np.ndarray, np.ndarray]:
    """Mouths of unlabelled faces whose points say open or closed: pixels, open."""
    cut, is_open = [], []
    for picture, points in faces(work, labelled=False):
        share = gap_share(points)
        if share < CLOSED_BELOW or share > OPEN_ABOVE:
            cut.append(upright(picture, points[list(MOUTH_CORNERS)], MOUTH_SIDE))
            is_open.append(share > OPEN_ABOVE)
    return np.stack(cut), np.array(is_open)


def open_eyes(work: Path, labelled: bool) -> tuple[np.ndarray, np.ndarray]:
    """Small eyes of whole faces whose points say open: pixels, open. Points do not tell closed eyes from narrow ones."""
    cut = []
    for picture, points in faces(work, labelled):
        for first in (36, 42):
            eye = points[first : first + 6]
            width = np.linalg.norm(eye[3] - eye[0])
            lids = (np.linalg.norm(eye[1] - eye[5]) + np.linalg.norm(eye[2] - eye[4])) / 2
            if lids > LIDS_OPEN * width and width > MIN_EYE_PX:
                cut.append(upright(picture, eye[[0, 3]], EYE_SIDE))
    return np.stack(cut), np.ones(len(cut), bool)
