"""What the detector takes for faces on training views, rightly or not: crops as the refiner sees them, and the truth."""
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detector.alignment import CROP, CROP_TEMPLATE, inter_eye, similarity, warp
from detector.boxes import area, intersection, iou
from detector.chips import training_chips
from detector.dataset import Batches
from detector.runtime import Ours, YuNet
from detector.targets import add_teacher_faces
from detector.views import compose

MARGIN = 16  # px around the crop, so that it can still be moved
LOWEST_SCORE = 0.05
TEACHER_DOUBT = 0.2  # what the teacher scores higher is not held to be background
HIT, MISS = 0.5, 0.3  # IoU with a face: right from, wrong below
SIZE = 384  # px of a view


@dataclass
class Candidates:
    """Crops N x 96 x 96 x 3, whether each is a face, and the detector's score."""

    crops: np.ndarray
    faces: np.ndarray
    scores: np.ndarray


def _view_candidates(batches: Batches, teacher: YuNet, detector: Ours, random: np.random.Generator) -> list[tuple[np.ndarray, bool, float]]:
    view = compose(lambda: batches.pick(random), lambda: batches.scene(random), SIZE, random)
    cells = teacher.cells(view.pixels)
    known, _, tiny = add_teacher_faces(view, cells)
    doubtful = np.concatenate([view.ignored, tiny, cells.faces(TEACHER_DOUBT)[0]])
    boxes, points, scores = detector.cells(view.pixels).faces(LOWEST_SCORE)
    found = []
    for box, five, score in zip(boxes, points, scores):
        overlap = iou(box[None], known).max(initial=0.0)
        excused = (intersection(box[None], doubtful) / max(float(area(box)), 1.0)).max(initial=0.0) >= MISS
        if inter_eye(five) < 2 or not (overlap >= HIT or (overlap < MISS and not excused)):
            continue
        matrix = similarity(five, CROP_TEMPLATE)
        matrix[:, 2] += MARGIN
        found.append((warp(view.pixels, matrix, CROP + 2 * MARGIN), overlap >= HIT, score))
    return found


def mine(data: Path, work: Path, yunet: Path, detector: Path, views: int, seed: int) -> Candidates:
    """Candidates of `views` fresh views, made once and kept in `work`."""
    file = work / f"candidates-{seed}.npz"
    if not file.exists():
        random = np.random.default_rng(seed)
        batches = Batches(data, work, yunet, training_chips(data / "faces", 2000, seed), seed)
        teacher, ours = YuNet(yunet), Ours(detector)
        rows = [row for _ in range(views) for row in _view_candidates(batches, teacher, ours, random)]
        crops, faces, scores = zip(*rows)
        np.savez(file, crops=np.stack(crops), faces=np.array(faces), scores=np.array(scores, np.float32))
    saved = np.load(file)
    return Candidates(saved["crops"], saved["faces"], saved["scores"])
