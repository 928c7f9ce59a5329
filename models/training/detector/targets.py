"""What the detector shall say in every cell: the labels where there are faces, the teacher's soft answer elsewhere."""
import numpy as np

from detector.boxes import area, intersection, iou
from detector.net import STRIDES
from detector.runtime import Cells
from detector.views import SMALLEST, View

MAX_CELLS = 10  # per face, as in SimOTA
LEVEL_LIMITS = (40, 110)  # face sizes (px) at which a face that the teacher misses changes to the next stride


def add_teacher_faces(view: View, cells: Cells) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, and what the teacher is sure of in this view but no label names; and its boxes too small to be asked for."""
    boxes, points, _ = cells.faces(0.6)
    new = np.ones(len(boxes), bool)
    for known in (view.boxes, view.ignored, view.empty):
        if len(known) and len(boxes):
            new &= (intersection(boxes, known) / np.maximum(area(boxes), 1)[:, None] < 0.4).all(1)
    small = np.sqrt(area(boxes)) < SMALLEST
    new, tiny = new & ~small, boxes[new & small]
    return np.concatenate([view.boxes, boxes[new]]), np.concatenate([view.points, points[new]]), tiny


def _cells_of(box: np.ndarray, cells: Cells, centres: np.ndarray) -> np.ndarray:
    """The cells that answer for a face: the teacher's best, or those nearest its centre where the teacher sees nothing."""
    overlap = iou(box[None], cells.boxes)[0]
    away = np.abs(centres - (box[:2] + box[2:]) / 2)
    near = (away <= np.maximum((box[2:] - box[:2]) / 2, cells.strides[:, None])).all(1)
    quality = overlap * np.sqrt(cells.score) * near
    if quality.max() >= 0.3:
        count = int(np.clip(np.round(np.sort(overlap * (cells.score > 0.1) * near)[-MAX_CELLS:].sum()), 1, MAX_CELLS))
        best = np.argsort(-quality)[:count]
        return best[quality[best] >= 0.5 * quality.max()]
    level = (8, 16, 32)[int(np.searchsorted(LEVEL_LIMITS, np.sqrt(area(box))))]
    distance = np.where(cells.strides == level, away.max(1), np.inf)
    nearest = np.argsort(distance)[:4]
    return nearest[distance[nearest] <= 1.1 * level]


def build(view: View, cells: Cells) -> dict[str, np.ndarray]:
    """Per cell: `obj` wanted, its `weight`, `face` (this cell answers for one), `box` and `points` (pixels, NaN unknown)."""
    boxes, points, tiny = add_teacher_faces(view, cells)
    centres = cells.corners + cells.strides[:, None] / 2
    count = len(centres)
    target = {
        "obj": cells.obj.astype(np.float32).copy(),
        "weight": np.ones(count, np.float32),
        "face": np.zeros(count, bool),
        "box": np.zeros((count, 4), np.float32),
        "points": np.full((count, 10), np.nan, np.float32),
    }
    for low_high in view.empty:
        target["obj"][_inside(centres, low_high)] = 0
    for low_high in (*view.ignored, *tiny):
        target["weight"][_inside(centres, low_high)] = 0
    for k in np.argsort(-area(boxes)):  # smaller faces, in front, have the last word
        mine = _cells_of(boxes[k], cells, centres)
        target["obj"][mine] = 1
        target["weight"][mine] = 1
        target["face"][mine] = True
        target["box"][mine] = boxes[k]
        target["points"][mine] = points[k].reshape(10)
    return target


def _inside(centres: np.ndarray, box: np.ndarray) -> np.ndarray:
    return ((centres >= box[:2]) & (centres <= box[2:])).all(1)


def mirror(item: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A square view and its targets, left and right exchanged."""
    size = item["pixels"].shape[1]
    ends = np.cumsum([(size // stride) ** 2 for stride in STRIDES])[:-1]

    def flip(cells: np.ndarray) -> np.ndarray:
        levels = zip(np.split(cells, ends), STRIDES)
        return np.concatenate([level.reshape(size // s, size // s, -1)[:, ::-1].reshape(level.shape) for level, s in levels])

    out = {name: flip(values) for name, values in item.items() if name != "pixels"}
    out["pixels"] = np.ascontiguousarray(item["pixels"][:, ::-1])
    out["box"] = out["box"][:, [2, 1, 0, 3]] * np.float32([-1, 1, -1, 1]) + np.float32([size, 0, size, 0])
    points = out["points"].reshape(-1, 5, 2)[:, [1, 0, 2, 4, 3]]
    out["points"] = (points * np.float32([-1, 1]) + np.float32([size, 0])).reshape(-1, 10)
    return out
