"""The rows of `data/landmarks`: photo, 68 labelled points, source, person."""
import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.boxes import iou
from detector.runtime import CellFinder, letterbox

MIN_SCORE = 0.5  # the pack's threshold
SAME_FACE = 0.3  # IoU of a found box and the hull of the labelled points


@dataclass
class LabelledFace:
    path: Path
    points: np.ndarray
    source: str
    person: str


def read(folder: Path, part: str) -> list[LabelledFace]:
    """`part` is train or val; paths are named from `folder`."""
    faces = []
    with open(folder / part / "points.tsv", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            points = np.array([[float(row[f"x{i}"]), float(row[f"y{i}"])] for i in range(68)])
            faces.append(LabelledFace(folder / row["image"], points, row["source"], row["person"]))
    return faces


def found_box(detector: CellFinder, rgb: np.ndarray, points: np.ndarray) -> np.ndarray | None:
    """The detector's box of the labelled face, or None where it was missed."""
    canvas, scale = letterbox(rgb)
    boxes = detector.cells(canvas).faces(MIN_SCORE)[0] / scale
    if not len(boxes):
        return None
    overlap = iou(boxes, np.concatenate([points.min(0), points.max(0)])[None])[:, 0]
    return boxes[overlap.argmax()] if overlap.max() >= SAME_FACE else None
