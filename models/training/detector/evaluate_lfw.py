"""Points on LFW against YuNet's, and what reference embedders lose by them. A test: nothing is chosen by it.

    python -m detector.evaluate_lfw --lfw DATA/lfw --weights WEIGHTS --detector detector.onnx --refiner points.onnx [--embedders]

A photo counts as good if the chosen box (the one nearest the centre) contains the middle of YuNet's points and all five points
lie within 15 % of the distance between the eyes of YuNet's.
"""
import argparse
from pathlib import Path

import numpy as np

from detector.alignment import ARCFACE, inter_eye, similarity, warp
from detector.labels import read_rgb
from detector.runtime import CellFinder, Ours, Refiner, YuNet, letterbox, session

TOLERANCE = 0.15  # of the distance between the eyes
OMZ_TEMPLATE = 128 * np.array(
    [[0.31556875, 0.46157407], [0.68262292, 0.46157407], [0.50026250, 0.64050535], [0.34947188, 0.82469196], [0.65343646, 0.82469196]]
)


def central_face(net: CellFinder, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Box and points of the face nearest the photo's centre."""
    height, width = rgb.shape[:2]
    canvas, scale = letterbox(rgb)
    boxes, points, _ = net.cells(canvas).faces(0.5)
    if not len(boxes):
        return None
    nearest = np.linalg.norm((boxes[:, :2] + boxes[:, 2:]) / 2 / scale - np.array([width, height]) / 2, axis=1).argmin()
    return boxes[nearest] / scale, points[nearest] / scale


class Embedders:
    """The reference embedders of `weights`: unit templates from points."""

    def __init__(self, weights: Path) -> None:
        self.omz = session(weights / "omz-face-reidentification-retail-0095/omz_face_reid_0095.onnx")
        self.edge = session(weights / "edgeface-xs/edgeface_xs.onnx")

    def embed(self, rgb: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
        omz = warp(rgb, similarity(points, OMZ_TEMPLATE), 128, border=0)[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32)
        edge = (warp(rgb, similarity(points, ARCFACE), 112, border=0).transpose(2, 0, 1)[None].astype(np.float32) - 127.5) / 127.5
        pairs = {"omz": (self.omz, omz), "edgeface-xs": (self.edge, edge)}
        out = {name: net.run(None, {net.get_inputs()[0].name: pixels})[0].reshape(-1) for name, (net, pixels) in pairs.items()}
        return {name: value / np.linalg.norm(value) for name, value in out.items()}


def read_pairs(file: Path) -> list[tuple[str, str, bool]]:
    """Photo, photo, same person; in the order of the ten folds."""
    pairs = []
    for fields in (line.split() for line in file.read_text().splitlines()[1:]):
        if len(fields) == 3:
            pairs.append((f"{fields[0]}_{int(fields[1]):04d}", f"{fields[0]}_{int(fields[2]):04d}", True))
        elif len(fields) == 4:
            pairs.append((f"{fields[0]}_{int(fields[1]):04d}", f"{fields[2]}_{int(fields[3]):04d}", False))
    return pairs


def ten_fold_accuracy(scores: np.ndarray, same: np.ndarray, folds: int = 10) -> float:
    """The threshold of each fold is the best of the other nine."""
    fold = np.arange(len(scores)) * folds // len(scores)
    right = []
    for k in range(folds):
        others = fold != k
        candidates = np.sort(scores[others])
        best = max(candidates[:: max(1, len(candidates) // 2000)], key=lambda t: ((scores[others] >= t) == same[others]).mean())
        right.append(((scores[~others] >= best) == same[~others]).mean())
    return float(np.mean(right))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lfw", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--refiner", type=Path)
    parser.add_argument("--embedders", action="store_true")
    args = parser.parse_args()
    teacher, ours = YuNet(args.weights / "yunet/yunet_n_dynamic.onnx"), Ours(args.detector)
    refiner = Refiner(args.refiner) if args.refiner else None
    embedders = Embedders(args.weights) if args.embedders else None
    photos = sorted((args.lfw / "images").glob("*/*.webp"))
    templates: dict[str, list[dict[str, np.ndarray]]] = {}
    missed = outside = far = 0
    distances = []
    for photo in photos:
        rgb = read_rgb(photo)
        wanted, found = central_face(teacher, rgb), central_face(ours, rgb)
        if wanted is None or found is None:
            missed += 1
            continue
        box, points = found
        points = refiner.refine(rgb, points)[0] if refiner else points
        middle = wanted[1].mean(0)
        outside += not ((middle >= box[:2]) & (middle <= box[2:])).all()
        distance = np.linalg.norm(points - wanted[1], axis=1) / inter_eye(wanted[1])
        distances.append(distance)
        far += distance.max() > TOLERANCE
        if embedders:
            templates[photo.stem] = [embedders.embed(rgb, wanted[1]), embedders.embed(rgb, points)]
    apart = np.array(distances)
    good = int((apart.max(1) <= TOLERANCE).sum()) - outside
    print(f"good {good} of {len(photos)}: no face {missed}, another face {outside}, points apart {far}")
    print(f"mean distance {100 * apart.mean():.2f} % of the eyes' distance, by point {(100 * apart.mean(0)).round(2).tolist()}, 99th percentile of the worst {100 * np.percentile(apart.max(1), 99):.1f} %")
    if embedders:
        pairs = [pair for pair in read_pairs(args.lfw / "pairs.txt") if pair[0] in templates and pair[1] in templates]
        same = np.array([pair[2] for pair in pairs])
        for name in ("omz", "edgeface-xs"):
            scores = [np.array([templates[a][i][name] @ templates[b][i][name] for a, b, _ in pairs]) for i in (0, 1)]
            yunet, mine = (100 * ten_fold_accuracy(s, same) for s in scores)
            print(f"{name}: LFW View 2 {yunet:.2f} % with YuNet's points, {mine:.2f} % with ours, over {len(pairs)} pairs")


if __name__ == "__main__":
    main()
