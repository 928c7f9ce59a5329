"""Average precision and recall under rotation of detectors on `data/detect/val`, side by side.

    python -m detector.evaluate --val DATA/detect/val --models detector.onnx yunet_n_dynamic.onnx [--refiner points.onnx] [--angles]

Truth: faces of at least 32 px (root of the area) among the human boxes of `ytf` and `wider`, and the teacher's box of any
other human box that has one. Every other box is neither hit nor miss. A detection counts as false if it overlaps no truth by
IoU 0.3 or more and no box that is left out (IoU 0.3, or half of the detection inside it), and if it is itself of that size.
"""
import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.boxes import area, intersection, iou
from detector.labels import Row, read_rgb, read_rows
from detector.runtime import CellFinder, Ours, Refiner, letterbox, load
from detector.views import warp_boxes

MIN_FACE = 32.0  # px of the photo
HIT, FALSE = 0.5, 0.3  # IoU
LOWEST_SCORE = 0.02
ANGLES = (0, 15, 30, 45)  # degrees
RESAMPLES = 1000


@dataclass
class Judged:
    """Detections of one photo: score, and hit (1) or false (0); those neither hit nor false are gone."""

    scores: np.ndarray
    hits: np.ndarray
    faces: int


def truth(rows: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    """Boxes of faces, boxes left out."""
    faces, left_out = [], []
    for row in rows:
        if row.kind == "none":
            continue
        human = row.kind == "human" and not row.ignore
        if human and row.source.startswith(("ytf", "wider")):
            box, counts = row.box, True
        elif human and row.teacher_box:
            box, counts = row.teacher_box, True
        else:
            box, counts = row.box, False
        large = np.sqrt(area(np.array(box))) >= MIN_FACE
        (faces if counts and large else left_out).append(box)
    return np.array(faces, float).reshape(-1, 4), np.array(left_out, float).reshape(-1, 4)


def judge(boxes: np.ndarray, scores: np.ndarray, faces: np.ndarray, left_out: np.ndarray) -> Judged:
    """Best detections first take the face that they overlap most."""
    free = np.ones(len(faces), bool)
    outcome = np.full(len(boxes), -1)
    to_face = iou(boxes, faces)
    for i in np.argsort(-scores, kind="stable"):
        open_faces = np.where(free, to_face[i], -1)
        if len(faces) and open_faces.max() >= HIT:
            free[open_faces.argmax()] = False
            outcome[i] = 1
        elif not len(faces) or to_face[i].max() < FALSE:
            outcome[i] = 0
    outcome[(outcome == 0) & (np.sqrt(area(boxes)) < MIN_FACE)] = -1
    if len(left_out) and len(boxes):
        inside = intersection(boxes, left_out) / np.maximum(area(boxes), 1e-6)[:, None]
        excused = ((iou(boxes, left_out) >= FALSE) | (inside >= 0.5)).any(1)
        outcome[excused & (outcome == 0)] = -1
    counted = outcome >= 0
    return Judged(scores[counted], outcome[counted], len(faces))


def average_precision(photos: list[Judged]) -> float:
    """Area under the precision envelope."""
    scores = np.concatenate([photo.scores for photo in photos])
    hits = np.concatenate([photo.hits for photo in photos])[np.argsort(-scores, kind="stable")]
    found = np.cumsum(hits)
    precision = np.maximum.accumulate((found / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return float((precision * hits).sum() / max(1, sum(photo.faces for photo in photos)))


def recall(photos: list[Judged], min_score: float) -> float:
    hits = sum(int(photo.hits[photo.scores >= min_score].sum()) for photo in photos)
    return hits / max(1, sum(photo.faces for photo in photos))


def false_boxes(photos: list[Judged], min_score: float) -> int:
    return sum(int((1 - photo.hits[photo.scores >= min_score]).sum()) for photo in photos)


@dataclass
class Refined:
    """A detector whose score is the geometric mean of its own and the refiner's."""

    net: CellFinder
    refiner: Refiner | None

    def find(self, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        canvas, scale = letterbox(rgb)
        boxes, points, scores = self.net.cells(canvas).faces(LOWEST_SCORE)
        if self.refiner:
            scores = np.sqrt([score * self.refiner.refine(rgb, five / scale)[1] for five, score in zip(points, scores)])
        return boxes / scale, np.asarray(scores).reshape(-1)


def turned(rgb: np.ndarray, angle: float, faces: np.ndarray, left_out: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The photo about its centre, same size and scale."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    return cv2.warpAffine(rgb, matrix, (width, height)), warp_boxes(faces, matrix), warp_boxes(left_out, matrix)


def stays_inside(faces: np.ndarray, width: int, height: int) -> np.ndarray:
    """Whether a face lies in the photo at every angle, so that all angles are measured on the same faces."""
    inside = np.ones(len(faces), bool)
    for angle in ANGLES:
        boxes = warp_boxes(faces, cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0))
        frame = np.array([[0, 0, width, height]], float)
        inside &= intersection(boxes, frame)[:, 0] >= 0.95 * area(boxes)
    return inside


def evaluate(net: Refined, photos: list[tuple[np.ndarray, list[Row]]], angles: bool) -> tuple[list[Judged], dict[int, list[Judged]]]:
    upright, by_angle = [], {angle: [] for angle in ANGLES}
    for rgb, rows in photos:
        faces, left_out = truth(rows)
        upright.append(judge(*net.find(rgb), faces, left_out))
        kept = stays_inside(faces, rgb.shape[1], rgb.shape[0])
        for angle in ANGLES if angles and kept.any() else ():
            pixels, boxes, out = turned(rgb, angle, faces[kept], np.concatenate([left_out, faces[~kept]]))
            by_angle[angle].append(judge(*net.find(pixels), boxes, out))
    return upright, by_angle


def report(models: list[Path], photos: list[tuple[np.ndarray, list[Row]]], args: argparse.Namespace) -> None:
    results = []
    for model in models:
        net = load(model)
        refiner = Refiner(args.refiner) if args.refiner and isinstance(net, Ours) else None
        upright, by_angle = evaluate(Refined(net, refiner), photos, args.angles)
        results.append(upright)
        print(f"{model}: AP@0.5 {100 * average_precision(upright):.2f} over {sum(p.faces for p in upright)} faces in {len(photos)} photos")
        for score in (0.3, 0.4, 0.5, 0.6, 0.7):
            print(f"  score {score}: recall {100 * recall(upright, score):.2f} %, {false_boxes(upright, score)} false boxes")
        for angle, judged in by_angle.items() if args.angles else ():
            print(f"  turned {angle:2d} degrees: recall {100 * recall(judged, args.min_score):.2f} % of {sum(p.faces for p in judged)} at score {args.min_score}")
    if len(results) == 2:
        random = np.random.default_rng(0)
        draws = [random.integers(len(photos), size=len(photos)) for _ in range(RESAMPLES)]
        gaps = [np.subtract(*(average_precision([result[i] for i in draw]) for result in results)) for draw in draws]
        low, high = np.percentile(100 * np.array(gaps), [2.5, 97.5])
        gap = 100 * np.subtract(*(average_precision(result) for result in results))
        print(f"first minus second: {gap:+.2f} points, 95 % interval {low:+.2f} to {high:+.2f} (bootstrap over photos)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--models", type=Path, nargs="+", required=True)
    parser.add_argument("--refiner", type=Path, help="of our own detector")
    parser.add_argument("--min-score", type=float, default=0.5, help="for the recall under rotation")
    parser.add_argument("--angles", action="store_true", help="recall under rotation as well")
    args = parser.parse_args()
    photos = [(read_rgb(args.val / image), rows) for image, rows in read_rows(args.val).items()]
    report(args.models, photos, args)


if __name__ == "__main__":
    main()
