"""Trains the refiner, points and face or not, and exports it.

    python -m detector.train_refiner --data DATA --weights WEIGHTS --work WORK --detector detector.onnx --out points.onnx --seconds 3000

Run after `train.py`. WORK keeps the prepared faces, the candidates that the detector found on training views, and `refiner.pt`, every
five minutes; a later call with the same WORK goes on from there.
"""
import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: one core per process

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from common.onnx_file import fold, largest_difference, widened, write
from common.trainer import Trainer
from detector.alignment import CHIP, CROP, CROP_TEMPLATE, apply
from detector.candidates import MARGIN, Candidates, mine
from detector.net import Refiner, normalise
from detector.points_data import SIDE, build
from detector.train import arguments
from detector.views import degrade

BATCH = 64  # of each of the two kinds
HELD_OUT = 0.04  # of the faces, for the error printed at the end
VIEWS = 2400  # from which candidates are mined
HELD_OUT_VIEWS = 300
FACE_WEIGHT = 0.1


def about_centre(side: int, angle: float, scale: float, shift: np.ndarray, mirrored: bool) -> np.ndarray:
    """Picture of `side` px -> 64 px crop about its centre."""
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    return np.concatenate([linear, (CROP / 2 - 0.5 + shift - linear @ np.full(2, side / 2 - 0.5))[:, None]], 1)


def jitter(random: np.random.Generator, mirrored: bool) -> np.ndarray:
    """160 px picture -> 64 px crop, as far off as a detector's coarse points put it."""
    wide = random.random() < 0.15
    angle = np.deg2rad(random.normal(0, 12 if wide else 4))
    scale = CROP / CHIP * np.exp(random.normal(0, 0.18 if wide else 0.07))
    return about_centre(SIDE, angle, scale, random.normal(0, 5 if wide else 2, 2), mirrored)


def cut(picture: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(picture, matrix, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


class Crops(IterableDataset):
    """Batches: faces with known points, then as many candidates, half of them faces."""

    def __init__(self, pictures: np.ndarray, points: np.ndarray, used: np.ndarray, candidates: Candidates, seed: int) -> None:
        self.pictures, self.points, self.used, self.seed = pictures, points, used, seed
        self.candidates = candidates
        self.right, self.wrong = np.flatnonzero(candidates.faces), np.flatnonzero(~candidates.faces)
        weight = np.sqrt(candidates.scores[self.wrong])  # the surest errors more often
        self.weight = weight / weight.sum()

    def sample(self, i: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mirrored = bool(random.random() < 0.5)
        matrix = jitter(random, mirrored)
        points = apply(matrix, self.points[i])
        return cut(self.pictures[i], matrix), points[[1, 0, 2, 4, 3]] if mirrored else points

    def candidate(self, i: int, random: np.random.Generator) -> np.ndarray:
        side = CROP + 2 * MARGIN
        matrix = about_centre(side, random.normal(0, 0.07), np.exp(random.normal(0, 0.06)), random.normal(0, 1.5, 2), bool(random.random() < 0.5))
        return cut(self.candidates.crops[i], matrix)

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        if worker:
            os.setsid()  # the kernel shares a busy machine out by session
        random = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            samples = [self.sample(i, random) for i in random.choice(self.used, BATCH)]
            some = np.concatenate([random.choice(self.right, BATCH // 2), random.choice(self.wrong, BATCH // 2, p=self.weight)])
            crops = [crop for crop, _ in samples] + [self.candidate(i, random) for i in some]
            crops = [degrade(crop, random) if random.random() < 0.7 else crop for crop in crops]
            faces = torch.from_numpy(self.candidates.faces[some].astype(np.float32))
            yield torch.from_numpy(np.stack(crops)), wanted_points([points for _, points in samples]), faces


def wanted_points(points: list[np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(((np.stack(points) - CROP_TEMPLATE).reshape(-1, 10) / 8).astype(np.float32))


def mean_error(net: Refiner, crops: torch.Tensor, wanted: torch.Tensor) -> float:
    """Mean distance of a point, in per cent of the template's distance between the eyes."""
    net.eval()
    with torch.no_grad():
        apart = (net(normalise(crops)).flatten(1)[:, :10] - wanted).reshape(-1, 5, 2).norm(dim=-1).mean() * 8
    return 100 * float(apart) / float(np.linalg.norm(CROP_TEMPLATE[0] - CROP_TEMPLATE[1]))


def face_errors(net: Refiner, held: Candidates) -> str:
    """Errors at even odds, for the candidates that the detector itself would show."""
    net.eval()
    inner = np.ascontiguousarray(held.crops[:, MARGIN:-MARGIN, MARGIN:-MARGIN])
    with torch.no_grad():
        face = torch.cat([net(normalise(torch.from_numpy(part))).flatten(1)[:, 10] for part in np.array_split(inner, 20)]).numpy() > 0
    shown = held.scores >= 0.3
    lost, kept = (~face & held.faces & shown).sum(), (face & ~held.faces & shown).sum()
    return f"of {(held.faces & shown).sum()} faces above 0.3 on views kept back {lost} lost, of {(~held.faces & shown).sum()} false boxes {kept} kept"


def run(args: argparse.Namespace) -> None:
    yunet = args.weights / "yunet/yunet_n_dynamic.onnx"
    trainer = Trainer(Refiner, args.work / "refiner.pt", args.seconds, args.every)
    pictures, points = build(args.data, args.work, yunet, args.chips)
    candidates = mine(args.data, args.work, yunet, args.detector, VIEWS, seed=0)
    order = np.random.default_rng(0).permutation(len(points))
    held, kept = np.split(order, [int(HELD_OUT * len(points))])
    crops = Crops(np.asarray(pictures), points, kept, candidates, int(time.time()))
    for pixels, wanted, faces in DataLoader(crops, batch_size=None, num_workers=1, prefetch_factor=4):
        if trainer.finished:
            break
        out = trainer.answer(normalise(pixels)).flatten(1).float()
        parts = {
            "points": F.smooth_l1_loss(out[:BATCH, :10], wanted, beta=0.05),
            "face": F.binary_cross_entropy_with_logits(out[BATCH:, 10], faces),
        }
        trainer.step(parts["points"] + FACE_WEIGHT * parts["face"], parts, len(pixels))
    trainer.save()
    random = np.random.default_rng(2)
    samples = [crops.sample(i, random) for i in held]
    error = mean_error(trainer.average, torch.from_numpy(np.stack([c for c, _ in samples])), wanted_points([p for _, p in samples]))
    exported = fold(trainer.average)
    exported.head = widened(exported.head)
    write(exported, torch.zeros(1, 3, CROP, CROP), args.out, ["refined"], any_size=False)
    difference = largest_difference(trainer.average, args.out, [(CROP, CROP)])
    print(f"{args.out}: error on {len(held)} faces kept back {error:.2f} % of the eyes' distance, largest difference to torch {difference:.1e}")
    print(face_errors(trainer.average, mine(args.data, args.work, yunet, args.detector, HELD_OUT_VIEWS, seed=1)))


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--detector", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    run(parser.parse_args())
